using static TorchSharp.torch.nn;

namespace TorchLoss.Tests.Losses;

public class ClassificationLossTests
{
    [Fact]
    public void Hinge_takes_0_and_1_for_minus_1_and_1()
    {
        var scores = Numbers.Normal(3, 4);
        var labels = rand(3, 4).gt(0.5).to(ScalarType.Float64);

        var ofLabels = functional.hinge_loss(scores, labels, reduction: Reduction.None);

        var expected = scores.Values().Zip(labels.Values(), (s, y) => Math.Max(0, 1 - (2 * y - 1) * s));
        Assert.Equal(expected, ofLabels.Values());
        Assert.Equal(
            ofLabels.Values(),
            functional.hinge_loss(scores, labels * 2 - 1, reduction: Reduction.None).Values()
        );
    }

    [Fact]
    public void Mixup_is_cross_entropy_with_the_mixed_target()
    {
        var logits = Numbers.Normal(4, 3);
        var (a, b) = (tensor(new long[] { 0, 1, 2, 2 }), tensor(new long[] { 1, 1, 0, 2 }));
        Tensor OneHot(Tensor labels) => functional.one_hot(labels, 3).to(ScalarType.Float64);
        var mixed = OneHot(a) * 0.7 + OneHot(b) * 0.3;

        var loss = functional.mixup_loss(logits, a, b, lam: 0.7);

        Assert.Equal(functional.soft_target_cross_entropy(logits, mixed).Value(), loss.Value(), 12);
    }

    [Fact]
    public void Mixup_leaves_out_the_part_that_has_no_label()
    {
        var logits = Numbers.Normal(2, 3);
        var (a, b) = (tensor(new long[] { 0, -100 }), tensor(new long[] { -100, -100 }));

        var loss = functional.mixup_loss(logits, a, b, lam: 0.7);

        Assert.Equal(0.7 * -logits.log_softmax(1).Values()[0], loss.Value(), 12);
    }

    [Fact]
    public void A_class_that_is_ruled_out_costs_nothing_where_it_is_not_wanted()
    {
        var logits = tensor(
            new[,]
            {
                { 1.0, 2.0, double.NegativeInfinity },
            }
        );
        var target = tensor(
            new[,]
            {
                { 0.25, 0.75, 0.0 },
            }
        );
        Tensor Loss(Tensor x) => functional.soft_target_cross_entropy(x, target);

        Assert.Equal(
            functional.soft_target_cross_entropy(logits[.., ..2], target[.., ..2]).Value(),
            Loss(logits).Value(),
            12
        );
        Assert.All(Numbers.Gradient(logits, Loss).Values(), g => Assert.True(double.IsFinite(g)));
    }

    [Fact]
    public void Soft_targets_have_class_weights_also_in_images()
    {
        var logits = Numbers.Normal(2, 3, 2, 2);
        var labels = randint(0, 3, [2, 2, 2], dtype: ScalarType.Int64);
        var target = functional.one_hot(labels, 3).permute(0, 3, 1, 2).to(ScalarType.Float64);
        var weight = tensor([1.0, 2.0, 0.5]);

        var losses = functional.soft_target_cross_entropy(logits, target, weight, reduction: Reduction.None);

        var expected = torch.nn.functional.softmax_focal_loss(
            logits,
            labels,
            0,
            weight: weight,
            reduction: Reduction.None
        );
        Assert.All(losses.Values().Zip(expected.Values()), v => Assert.Equal(v.Second, v.First, 12));
    }

    [Fact]
    public void Symmetric_cross_entropy_is_bounded_by_its_cross_entropy_part_alone()
    {
        var hopeless = tensor(
            new[,]
            {
                { 500.0, 0.0 },
            }
        );
        var target = tensor(new long[] { 1 });

        Assert.Equal(-Math.Log(1e-4), functional.symmetric_cross_entropy_loss(hopeless, target, alpha: 0).Value(), 12);
    }
}
