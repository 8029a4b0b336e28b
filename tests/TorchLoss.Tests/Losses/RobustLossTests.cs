using static TorchSharp.torch.nn;

namespace TorchLoss.Tests.Losses;

public class RobustLossTests
{
    static (Tensor Logits, Tensor Target) Batch()
    {
        manual_seed(7);
        return (Numbers.Normal(4, 3), tensor(new long[] { 2, 0, 1, 2 }));
    }

    static double CrossEntropy()
    {
        var (logits, target) = Batch();
        return functional.cross_entropy(logits, target).Value();
    }

    [Fact]
    public void Families_end_in_cross_entropy_and_in_absolute_error()
    {
        var (logits, target) = Batch();
        var error = functional.classification_mae_loss(logits, target).Value();

        Assert.Equal(CrossEntropy(), functional.taylor_cross_entropy_loss(logits, target, n: 2000).Value(), 6);
        Assert.Equal(error, functional.taylor_cross_entropy_loss(logits, target, n: 1).Value(), 12);
        Assert.Equal(CrossEntropy(), functional.js_loss(logits, target, pi: 1e-9).Value(), 6);
        Assert.Equal(error, functional.agce_loss(logits, target, a: 3, q: 1).Value(), 12);
        Assert.Equal(CrossEntropy(), functional.bi_tempered_logistic_loss(logits, target, t1: 1, t2: 1).Value(), 12);
        Assert.Equal(
            CrossEntropy(),
            functional.poly1_cross_entropy_loss(logits, target, 0, reduction: Reduction.Mean).Value(),
            12
        );
    }

    [Fact]
    public void A_single_class_is_certain_and_costs_nothing()
    {
        var logits = Numbers.Normal(2, 1);
        var target = zeros(2, dtype: ScalarType.Int64);

        Assert.Equal(0, functional.nce_and_rce_loss(logits, target).Value());
        Assert.Equal(0, functional.nfl_and_mae_loss(logits, target).Value());
        Assert.Equal(0, functional.normalized_generalized_cross_entropy_loss(logits, target).Value());
        Assert.Equal(0, functional.multiclass_hinge_loss(logits, target).Value());
    }

    [Fact]
    public void Huberised_losses_are_smooth_at_their_border()
    {
        var target = zeros(1, dtype: ScalarType.Int64);
        Tensor Logits(double p) =>
            tensor(
                new[,]
                {
                    { Math.Log(p), Math.Log(1 - p) },
                }
            );
        foreach (
            var loss in new Func<Tensor, Tensor>[]
            {
                x => functional.p_huber_cross_entropy_loss(x, target, tau: 4),
                x => functional.p_huber_generalized_cross_entropy_loss(x, target, q: 0.5, tau: 2),
            }
        )
        {
            var (below, above) = (Logits(0.25 - 1e-9), Logits(0.25 + 1e-9));
            Assert.Equal(loss(above).Value(), loss(below).Value(), tolerance: 1e-7);
            Assert.Equal(
                Numbers.Gradient(above, loss).Values()[0],
                Numbers.Gradient(below, loss).Values()[0],
                tolerance: 1e-7
            );
        }
    }

    [Theory]
    [InlineData(1.3)]
    [InlineData(4.0)]
    [InlineData(1.0)]
    [InlineData(0.7)]
    public void The_tempered_softmax_adds_up_to_1_also_for_many_classes(double t2)
    {
        manual_seed(8);
        foreach (var scale in new[] { 1.0, 100 })
        {
            var p = BiTemperedLogisticLoss.Probabilities(Numbers.Normal(3, 1000) * scale, t2);

            Assert.All(p.sum(1).Values(), s => Assert.Equal(1, s, 10));
            Assert.All(p.Values(), v => Assert.True(v >= 0));
        }
    }

    [Fact]
    public void Without_errors_in_the_labels_forward_correction_is_cross_entropy()
    {
        var (logits, target) = Batch();

        Assert.Equal(CrossEntropy(), functional.forward_correction_loss(logits, target, eye(3)).Value(), 12);
    }

    [Fact]
    public void Forward_correction_equals_a_loop_in_images_too()
    {
        manual_seed(9);
        var logits = Numbers.Normal(1, 2, 3);
        var target = tensor(
            new long[,]
            {
                { 1, 0, -100 },
            }
        );
        var matrix = tensor(
            new[,]
            {
                { 0.9, 0.1 },
                { 0.3, 0.7 },
            }
        );
        var p = logits.softmax(1).squeeze(0).Rows();
        var expected = -(Math.Log(p[0][0] * 0.1 + p[1][0] * 0.7) + Math.Log(p[0][1] * 0.9 + p[1][1] * 0.3)) / 2;

        Assert.Equal(expected, functional.forward_correction_loss(logits, target, matrix).Value(), 12);
    }
}
