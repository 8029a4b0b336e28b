namespace TorchLoss.Tests.Losses;

/// <summary>Lovász hinge: Jaccard differences in a loop, shapes, targets, images without the class.</summary>
public class LovaszHingeLossTests
{
    static double Naive(double[] scores, long[] target)
    {
        var order = scores
            .Zip(target, (s, t) => (Error: 1 - s * (2 * t - 1), Own: t == 1))
            .OrderByDescending(e => e.Error);
        double total = target.Sum();
        var (missed, extra, before, loss) = (0.0, 0.0, 0.0, 0.0);
        foreach (var (error, own) in order)
        {
            (missed, extra) = own ? (missed + 1, extra) : (missed, extra + 1);
            var jaccard = 1 - (total - missed) / (total + extra);
            loss += Math.Max(0, error) * (jaccard - before);
            before = jaccard;
        }

        return loss;
    }

    [Fact]
    public void Equals_a_loop_per_image_and_over_the_batch()
    {
        manual_seed(2);
        var (scores, target) = (randn(2, 9, dtype: float64) * 2, randint(0, 2, [2, 9], dtype: int64));
        double Of(Tensor s, Tensor t) =>
            Naive(s.flatten().data<double>().ToArray(), t.flatten().data<long>().ToArray());

        Assert.Equal(
            (Of(scores[0], target[0]) + Of(scores[1], target[1])) / 2,
            nn.functional.lovasz_hinge_loss(scores, target).item<double>(),
            12
        );
        Assert.Equal(
            Of(scores, target),
            nn.functional.lovasz_hinge_loss(scores, target, per_image: false).item<double>(),
            12
        );
    }

    [Fact]
    public void A_channel_dimension_and_the_dtype_of_the_target_do_not_matter()
    {
        manual_seed(3);
        var (scores, target) = (randn(2, 1, 3, 4), randint(0, 2, [2, 3, 4], dtype: int64));
        var want = nn.functional.lovasz_hinge_loss(scores, target).item<float>();

        Assert.Equal(want, nn.functional.lovasz_hinge_loss(scores.squeeze(1), target.unsqueeze(1)).item<float>());
        Assert.Equal(want, nn.functional.lovasz_hinge_loss(scores, target.to(float32)).item<float>());
        Assert.Equal(want, nn.functional.lovasz_hinge_loss(scores, target.to(ScalarType.Bool)).item<float>());
        Assert.Equal(want, nn.functional.lovasz_loss(scores, target, RegionMode.Binary, per_image: true).item<float>());
        Assert.Equal(
            nn.functional.lovasz_hinge_loss(scores, target, per_image: false).item<float>(),
            nn.functional.lovasz_loss(scores, target.unsqueeze(1), RegionMode.Multilabel).item<float>()
        );
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Without_the_class_only_the_largest_error_counts(bool single)
    {
        var scores = tensor(
                new double[,]
                {
                    { 0.5, 2, -3 },
                }
            )
            .to(single ? float32 : float64)
            .detach()
            .requires_grad_();

        var loss = nn.functional.lovasz_hinge_loss(scores, zeros(1, 3, dtype: int64));
        loss.backward();

        Assert.Equal(3, loss.to(float64).item<double>());
        Assert.Equal([0.0, 1, 0], scores.grad!.to(float64).flatten().data<double>().ToArray());
    }

    [Theory]
    [InlineData(0.5f, "whole numbers")]
    [InlineData(2f, "[0, 2)")]
    public void Targets_are_zero_or_one(float value, string message) =>
        Assert.Contains(
            message,
            Assert
                .Throws<ArgumentException>(() => nn.functional.lovasz_hinge_loss(zeros(1, 3), full(1, 3, value)))
                .Message
        );

    [Fact]
    public void Where_all_is_ignored_the_loss_is_a_connected_zero()
    {
        var scores = randn(2, 4).requires_grad_();

        var loss = nn.functional.lovasz_hinge_loss(scores, full([2, 4], 255, dtype: int64), ignore: 255);
        loss.backward();

        Assert.Equal(0, loss.item<float>());
        Assert.Equal(0, scores.grad!.abs().max().item<float>());
    }
}
