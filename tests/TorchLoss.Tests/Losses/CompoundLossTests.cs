using TorchLoss.Tests.Catalogue;

namespace TorchLoss.Tests.Losses;

/// <summary>Dice with cross entropy: its parts, labels and one-hot, masks, what unreduced means; and the weights of general Dice.</summary>
public class CompoundLossTests
{
    static (Tensor Scores, Tensor Labels, Tensor OneHot) Batch()
    {
        manual_seed(7);
        var labels = randint(0, 3, [2, 4, 2], dtype: ScalarType.Int64);
        return (Numbers.Normal(2, 3, 4, 2), labels, nn.functional.one_hot(labels, 3).movedim([3], [1]));
    }

    [Fact]
    public void It_is_the_weighted_sum_of_its_parts()
    {
        var (scores, labels, _) = Batch();
        var weight = tensor(new[] { 0.5, 1, 2 });

        var loss = nn.functional.dice_ce_loss(
            scores,
            labels,
            include_background: false,
            to_onehot_y: true,
            softmax: true,
            weight: weight,
            lambda_dice: 0.3,
            lambda_ce: 1.7,
            label_smoothing: 0.1
        );
        var dice = nn.functional.dice_loss(
            scores,
            labels,
            include_background: false,
            to_onehot_y: true,
            softmax: true,
            weight: weight.narrow(0, 1, 2)
        );
        var entropy = TorchLoss.Standard.Functional.cross_entropy(scores, labels, weight, label_smoothing: 0.1);

        Assert.Equal(0.3 * dice.Value() + 1.7 * entropy.Value(), loss.Value(), 12);
    }

    [Fact]
    public void Labels_and_one_hot_targets_are_the_same()
    {
        var (scores, labels, hot) = Batch();
        double Loss(Tensor target, bool to_onehot_y) =>
            nn.functional.dice_ce_loss(scores, target, to_onehot_y: to_onehot_y, softmax: true).Value();

        Assert.Equal(Loss(hot, false), Loss(labels, true), 12);
        Assert.Equal(Loss(hot, false), Loss(labels.unsqueeze(1), true), 12);
    }

    [Fact]
    public void The_gradient_of_labels_is_right()
    {
        var (scores, labels, _) = Batch();

        var wrong = GradCheck.First(
            i => nn.functional.dice_ce_loss(i["input"], labels, to_onehot_y: true, softmax: true, weight: ones(3) * 2),
            new() { ["input"] = scores.requires_grad_() }
        );

        Assert.Null(wrong);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_mask_is_a_slice(bool classes)
    {
        var (scores, labels, _) = Batch();
        var weight = tensor(new[] { 0.5, 1, 2 });
        var regions = scores.gt(0.5);
        double Loss(Tensor x, Tensor t, Tensor? mask) =>
            classes
                ? nn.functional.dice_ce_loss(x, t, to_onehot_y: true, softmax: true, weight: weight, mask: mask).Value()
                : nn.functional.bce_dice_loss(x, t, mask: mask).Value();
        var target = classes ? labels : regions;
        var mask = tensor(new[] { true, false }).view(1, 1, 1, 2);

        Assert.Equal(Loss(scores.narrow(-1, 0, 1), target.narrow(-1, 0, 1), null), Loss(scores, target, mask), 12);
    }

    [Fact]
    public void Unreduced_losses_stand_at_each_position_and_average_to_the_mean()
    {
        var (scores, labels, _) = Batch();
        Tensor Loss(Reduction reduction) =>
            nn.functional.dice_ce_loss(scores, labels, to_onehot_y: true, softmax: true, reduction: reduction);

        Assert.Equal(scores.shape, Loss(Reduction.None).shape);
        Assert.Equal(Loss(Reduction.Mean).Value(), Loss(Reduction.None).mean().Value(), 12);
    }

    [Fact]
    public void With_one_channel_the_weight_is_that_of_positives()
    {
        var (scores, _, _) = Batch();
        var (x, t) = (scores.narrow(1, 0, 1), scores.narrow(1, 1, 1).gt(0));
        var weight = tensor(new[] { 3.0 });

        var loss = nn.functional.dice_ce_loss(x, t, sigmoid: true, weight: weight);
        var entropy = TorchLoss.Standard.Functional.binary_cross_entropy_with_logits(
            x,
            t.to(ScalarType.Float64),
            pos_weight: weight
        );

        Assert.Equal(nn.functional.dice_loss(x, t, sigmoid: true).Value() + entropy.Value(), loss.Value(), 12);
    }

    [Fact]
    public void Half_precision_adds_up_a_large_image()
    {
        var scores = ones([1, 1, 512, 512], ScalarType.Float16);

        var loss = nn.functional.bce_dice_loss(scores, ones_like(scores));

        Assert.Equal(nn.functional.bce_dice_loss(ones(1, 1, 512, 512), ones(1, 1, 512, 512)).Value(), loss.Value(), 5);
    }

    [Theory]
    [InlineData(VolumeWeight.Square, 1 / 9.0, 1 / 4.0)]
    [InlineData(VolumeWeight.Simple, 1 / 3.0, 1 / 2.0)]
    [InlineData(VolumeWeight.Uniform, 1.0, 1.0)]
    public void General_Dice_weighs_by_volume_and_an_absent_class_by_the_largest_weight(
        VolumeWeight kind,
        double first,
        double second
    )
    {
        var t = tensor(
                new double[,]
                {
                    { 1, 1, 1, 0, 0 },
                    { 0, 0, 0, 1, 1 },
                    { 0, 0, 0, 0, 0 },
                }
            )
            .unsqueeze(0);
        var p = full([1, 3, 5], 0.2, dtype: ScalarType.Float64);
        double[] weights = [first, second, kind is VolumeWeight.Uniform ? 1 : second];
        double[] volumes = [3, 2, 0];
        var both = weights.Zip(volumes, (w, v) => w * 0.2 * v).Sum();
        var sizes = weights.Zip(volumes, (w, v) => w * (1 + v)).Sum();

        var loss = nn.functional.generalized_dice_loss(p, t, w_type: kind, smooth_nr: 0, smooth_dr: 0);

        Assert.Equal(1 - 2 * both / sizes, loss.Value(), 12);
    }

    [Fact]
    public void A_root_of_a_perfect_region_has_gradient_0()
    {
        var target = tensor(
                new double[,]
                {
                    { 1, 0, 1 },
                }
            )
            .unsqueeze(0);
        var perfect = target.clone().requires_grad_();

        var loss = nn.functional.focal_tversky_loss(perfect, target, gamma: 0.5, smooth: 0);
        loss.backward();

        Assert.Equal(0, loss.Value());
        Assert.Equal(0, perfect.grad!.abs().max().Value());
    }
}
