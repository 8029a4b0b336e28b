namespace TorchLoss.Tests.Losses.Audio;

/// <summary>SDR: echoes are forgiven, one tap is SI-SDR, silence and perfection are bounded.</summary>
public class SDRLossTests
{
    static Tensor Signal(int seed)
    {
        manual_seed(seed);
        return randn([2, 200], dtype: ScalarType.Float64);
    }

    [Fact]
    public void An_echo_within_the_filter_is_forgiven_and_a_later_one_is_not()
    {
        var y = cat([Signal(1), zeros([2, 20], ScalarType.Float64)], 1);
        double Loss(long delay) => nn.functional.sdr_loss(y + 0.7 * y.roll(delay, 1), y, 8).Value();

        Assert.True(Loss(7) < -100 && Loss(8) > -20);
    }

    [Fact]
    public void One_tap_is_the_scale_invariant_ratio()
    {
        var (x, y) = (Signal(1), Signal(2));

        Assert.Equal(
            nn.functional.si_sdr_loss(x, y, zero_mean: false, eps: 1e-14).Value(),
            nn.functional.sdr_loss(x, y, 1).Value(),
            8
        );
    }

    [Fact]
    public void Silence_and_perfection_are_bounded_with_a_finite_gradient()
    {
        var y = Signal(1);
        var silence = zeros_like(y);
        foreach (
            var (input, target, expected) in new[] { (y, silence, 150), (silence, y, 150), (silence, silence, 150) }
        )
        {
            Tensor Loss(Tensor x) => nn.functional.sdr_loss(x, target, 16);

            Assert.Equal(expected, Loss(input).Value(), 6);
            Assert.True(Numbers.Gradient(input, Loss).isfinite().all().item<bool>());
        }

        Assert.InRange(nn.functional.sdr_loss(3 * y, y, 16).Value(), -150.001, -120);
    }

    [Fact]
    public void A_signal_shorter_than_the_filter_is_refused()
    {
        var e = Assert.Throws<ArgumentException>(() => nn.functional.sdr_loss(zeros(1, 100), zeros(1, 100)));

        Assert.Contains("at least filter_length = 512 samples, got 100", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_batch_is_right_after_the_number_of_threads_has_changed()
    {
        var (x, y) = (randn(4, 2048, dtype: float64), randn(4, 2048, dtype: float64));
        var before = get_num_threads();
        set_num_threads(1);
        var alone = torch.nn.functional.sdr_loss(x, y, reduction: Reduction.None);
        set_num_threads(before);
        var after = torch.nn.functional.sdr_loss(x.requires_grad_(), y, reduction: Reduction.None);
        after.sum().backward();

        Assert.True(alone.allclose(after));
        Assert.True(x.grad!.isfinite().all().item<bool>());
    }
}
