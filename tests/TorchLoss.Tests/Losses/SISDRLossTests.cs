namespace TorchLoss.Tests.Losses;

/// <summary>SI-SDR: decibels of known noise, invariance to loudness and offset, silence.</summary>
public class SISDRLossTests
{
    static Tensor Wave(int cycles) =>
        (arange(64, dtype: ScalarType.Float64) * (2 * Math.PI * cycles / 64)).sin().unsqueeze(0);

    [Fact]
    public void Noise_a_tenth_as_loud_is_minus_twenty_decibels()
    {
        var loss = nn.functional.si_sdr_loss(Wave(3) + 0.1 * Wave(5), Wave(3));

        Assert.Equal(-20, loss.item<double>(), 6);
    }

    [Theory]
    [InlineData(0.2, 1, 0)]
    [InlineData(1, 50, 0)]
    [InlineData(-3, 1, 7)]
    public void Loudness_of_either_signal_and_an_offset_do_not_matter(double input, double target, double offset)
    {
        var x = Wave(3) + 0.3 * Wave(5);
        var expected = nn.functional.si_sdr_loss(x, Wave(3)).item<double>();

        var loss = nn.functional.si_sdr_loss(input * x + offset, target * Wave(3));

        Assert.Equal(expected, loss.item<double>(), 4);
    }

    [Fact]
    public void Silence_on_either_side_is_eighty_decibels_with_a_finite_gradient()
    {
        foreach (var (x, y) in new[] { (Wave(2), zeros_like(Wave(2))), (zeros_like(Wave(2)), Wave(2)) })
        {
            var input = x.clone().requires_grad_();
            var loss = nn.functional.si_sdr_loss(input, y);
            loss.backward();

            Assert.Equal(80, loss.item<double>(), 8);
            Assert.Equal(0, input.grad!.abs().max().item<double>(), 8);
        }
    }

    [Fact]
    public void A_signal_without_samples_is_refused()
    {
        var e = Assert.Throws<ArgumentException>(() => nn.functional.si_sdr_loss(zeros(2, 0), zeros(2, 0)));

        Assert.Contains("T at least 1, got (2, 0)", e.Message);
    }
}
