using TorchLoss.Tests.Catalogue;

namespace TorchLoss.Tests.Losses;

/// <summary>The pooled dialect: what joins it to the other one, absent classes, ignored positions, modes, weights.</summary>
public class PooledRegionLossTests
{
    static (Tensor Scores, Tensor Labels) Batch(int classes = 3)
    {
        manual_seed(5);
        return (Numbers.Normal(2, 3, 4, 5), randint(0, classes, [2, 4, 5], dtype: ScalarType.Int64));
    }

    [Fact]
    public void With_all_classes_present_it_is_the_other_dialect_over_the_batch()
    {
        var (scores, labels) = Batch();

        var pooled = nn.functional.smp_dice_loss(scores, labels, RegionMode.Multiclass, smooth: 0.5);
        var other = nn.functional.dice_loss(
            scores,
            labels,
            to_onehot_y: true,
            softmax: true,
            smooth_nr: 1,
            smooth_dr: 1,
            batch: true
        );

        Assert.Equal(other.Value(), pooled.Value(), 12);
    }

    [Fact]
    public void Prices_of_a_half_are_Dice_and_of_one_Jaccard()
    {
        var (scores, labels) = Batch();
        double Tversky(double price) =>
            nn.functional.smp_tversky_loss(scores, labels, RegionMode.Multiclass, alpha: price, beta: price).Value();

        Assert.Equal(nn.functional.smp_dice_loss(scores, labels, RegionMode.Multiclass).Value(), Tversky(0.5), 12);
        Assert.Equal(nn.functional.jaccard_loss(scores, labels, RegionMode.Multiclass).Value(), Tversky(1), 12);
    }

    [Fact]
    public void An_absent_class_costs_nothing_but_counts_in_the_mean()
    {
        var (scores, labels) = Batch(classes: 2);
        double Loss(params long[]? classes) =>
            nn.functional.smp_dice_loss(scores, labels, RegionMode.Multiclass, classes: classes).Value();

        Assert.Equal(0, Loss(2));
        Assert.Equal(Loss(0, 1) * 2 / 3, Loss(null), 12);
    }

    [Theory]
    [InlineData(RegionMode.Multiclass)]
    [InlineData(RegionMode.Multilabel)]
    public void Ignoring_is_deleting(RegionMode mode)
    {
        var (scores, labels) = Batch();
        var target = mode is RegionMode.Multiclass ? labels : scores.gt(0).to(ScalarType.Int64);
        double Loss(Tensor x, Tensor t) => nn.functional.jaccard_loss(x, t, mode, ignore_index: 255).Value();
        var last = target.clone();
        last.narrow(-1, 3, 2).fill_(255);

        Assert.Equal(Loss(scores.narrow(-1, 0, 3), target.narrow(-1, 0, 3)), Loss(scores, last), 12);
    }

    [Fact]
    public void Weights_are_of_all_classes_or_of_the_chosen_ones()
    {
        var (scores, labels) = Batch();
        double Loss(params double[] weights) =>
            nn
                .functional.smp_dice_loss(
                    scores,
                    labels,
                    RegionMode.Multiclass,
                    classes: [2, 0],
                    class_weights: tensor(weights)
                )
                .Value();

        Assert.Equal(Loss(2, 1), Loss(1, 9, 2), 12);
        Assert.NotEqual(Loss(1, 2), Loss(1, 9, 2), 6);
    }

    [Theory]
    [InlineData("SMPDiceLoss")]
    [InlineData("SMPTverskyLoss")]
    [InlineData("JaccardLoss")]
    public void The_gradient_of_labels_and_of_one_channel_is_right(string name)
    {
        var (scores, labels) = Batch();
        var one = scores.narrow(1, 0, 1).narrow(2, 0, 2).clone();
        string? Wrong(Tensor x, Tensor t, RegionMode mode, bool log_loss) =>
            GradCheck.First(
                i =>
                    LossCatalog
                        .Find(name)!
                        .Invoke(
                            new() { ["input"] = i["input"], ["target"] = t },
                            new() { ["mode"] = mode, ["log_loss"] = log_loss }
                        ),
                new() { ["input"] = x.contiguous().detach().requires_grad_() }
            );

        foreach (var log_loss in new[] { false, true })
        {
            Assert.Null(Wrong(scores.narrow(2, 0, 2), labels.narrow(1, 0, 2), RegionMode.Multiclass, log_loss));
            Assert.Null(Wrong(one, one.gt(0).squeeze(1), RegionMode.Binary, log_loss));
        }
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(1.0)]
    public void A_root_of_a_perfect_prediction_has_a_finite_gradient(double smooth)
    {
        var target = tensor(
                new long[,]
                {
                    { 1, 0, 1 },
                }
            )
            .view(1, 1, 3);
        var perfect = (target.to(ScalarType.Float32) * 400 - 200).requires_grad_();

        var loss = nn.functional.smp_tversky_loss(perfect, target, RegionMode.Binary, gamma: 0.5, smooth: smooth);
        loss.backward();

        Assert.Equal(0, loss.item<float>());
        Assert.True(perfect.grad!.isfinite().all().item<bool>());
    }

    [Fact]
    public void What_does_not_fit_the_mode_is_named()
    {
        var (scores, labels) = Batch();
        string Refusal(Func<Tensor> call) => Assert.Throws<ArgumentException>(call).Message;

        Assert.Contains(
            "mode Binary, input must be (N, 1, *), got (2, 3, 4, 5)",
            Refusal(() => nn.functional.jaccard_loss(scores, labels, RegionMode.Binary))
        );
        Assert.Contains(
            "classes must be at least one index in [0, 3), got [3]",
            Refusal(() => nn.functional.jaccard_loss(scores, labels, RegionMode.Multiclass, classes: [3]))
        );
        Assert.Contains(
            "class_weights must have one entry per class, (3), got (2)",
            Refusal(() => nn.functional.jaccard_loss(scores, labels, RegionMode.Multiclass, class_weights: ones(2)))
        );
        Assert.Contains(
            "target must lie in [0, 3) or 255 (ignored), got 3",
            Refusal(() => nn.functional.jaccard_loss(scores, labels + 1, RegionMode.Multiclass, ignore_index: 255))
        );
    }
}
