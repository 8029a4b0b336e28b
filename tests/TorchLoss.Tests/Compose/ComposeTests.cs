using System.Text.Json;
using TorchLoss.Tests.Losses;
using TorchLoss.Verification;

namespace TorchLoss.Tests.Compose;

/// <summary>Losses made of other losses: sums, names, masks, levels, and that their parts move and are saved with them.</summary>
public class ComposeTests
{
    static (Tensor Input, Tensor Target) Pair(params long[] shape)
    {
        manual_seed(2);
        return (randn(shape), rand(shape).gt(0.5).to(float32));
    }

    [Fact]
    public void A_sum_is_that_of_its_weighted_terms_which_have_names()
    {
        var (x, t) = Pair(2, 3, 4);
        using var loss = nn.CombinedLoss(
            new LossList { { "dice", nn.DiceLoss(sigmoid: true) }, nn.FocalLoss(gamma: 1) },
            weights: [0.25, 2]
        );

        var terms = loss.Terms(x, t);

        Assert.Equal(["dice", "FocalLoss"], terms.Select(e => e.Key));
        Assert.Equal(0.25f * nn.functional.dice_loss(x, t, sigmoid: true).item<float>(), terms[0].Value.item<float>());
        Assert.Equal(2 * nn.functional.focal_loss(x, t, gamma: 1).item<float>(), terms[1].Value.item<float>());
        Assert.Equal((terms[0].Value + terms[1].Value).item<float>(), loss.call(x, t).item<float>());
    }

    [Fact]
    public void Only_the_terms_outlive_a_call()
    {
        var (x, t) = Pair(2, 3, 4);
        using var loss = nn.CombinedLoss(new LossList { nn.FocalLoss(), nn.DiceLoss(sigmoid: true) });
        using var scope = NewDisposeScope();

        loss.Terms(x, t);

        Assert.Equal(2, scope.DisposablesCount);
    }

    [Fact]
    public void Parts_move_and_are_saved_with_the_whole()
    {
        using var inner = new LossList { { "weighted", nn.DiceLoss(weight: ones(3)) } };
        using var loss = nn.DeepSupervisionLoss(nn.CombinedLoss(inner));

        loss.to(ScalarType.Float64);

        var (name, weight) = Assert.Single(loss.state_dict());
        Assert.Equal("loss.losses.weighted.weight", name);
        Assert.Equal(ScalarType.Float64, weight.dtype);
    }

    [Fact]
    public void A_loss_in_a_model_has_its_own_tensors_once()
    {
        using var model = nn.Sequential(("head", nn.Linear(4, 4)));
        model.register_module("loss", nn.CombinedLoss(new LossList { nn.ArcFaceLoss(3, 4) }));
        model.register_module("scheduled", new ScheduledLoss(nn.DiceLoss(weight: ones(2))));

        Assert.Equal(
            [
                "head.bias",
                "head.weight",
                "loss.losses.ArcFaceLoss.weight",
                "scheduled.loss.weight",
                "scheduled.steps_done",
            ],
            model.state_dict().Keys.Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void A_term_that_refuses_or_has_another_shape_is_named()
    {
        var (x, t) = Pair(2, 3, 4);
        string Refusal(LossList losses, double[]? weights = null) =>
            Assert.Throws<ArgumentException>(() => nn.CombinedLoss(losses, weights).call(x, t)).Message;

        Assert.Contains(
            "CombinedLoss, labels: SoftmaxFocalLoss",
            Refusal(new() { nn.FocalLoss(), { "labels", nn.SoftmaxFocalLoss() } })
        );
        Assert.Contains(
            "FocalLoss gives () and map (2, 3, 4)",
            Refusal(new() { nn.FocalLoss(), { "map", nn.FocalLoss(reduction: Reduction.None) } })
        );
        Assert.Contains("one number per loss, 1, got 2", Refusal(new() { nn.FocalLoss() }, [1, 2]));
        Assert.Contains("at least one loss", Refusal([]));
        Assert.Throws<ArgumentException>(() => new LossList { nn.FocalLoss(), nn.FocalLoss() });
        Assert.Throws<ArgumentException>(() => new LossList { { "a.b", nn.FocalLoss() } });
    }

    [Theory]
    [InlineData("exp", new[] { 1.0, 0.5, 0.25, 0.125, 0.0625, 0.0625 })]
    [InlineData("same", new[] { 1.0, 1, 1, 1, 1, 1 })]
    [InlineData("two", new[] { 1.0, 0.5, 0.5, 0.5, 0.5, 0.5 })]
    public void Levels_weigh_by_their_mode_or_as_given(string mode, double[] weights)
    {
        var (x, t) = Pair(2, 1, 8);
        var outputs = Enumerable.Range(0, 6).Select(_ => x).ToList();
        var kind = Enum.Parse<LevelWeights>(mode, ignoreCase: true);
        var one = nn.functional.dice_loss(x, t, sigmoid: true).Value();
        double Loss(LevelWeights by, double[]? given) =>
            nn.functional.deep_supervision_loss(outputs, t, nn.DiceLoss(sigmoid: true), by, given).Value();

        Assert.Equal(one * weights.Sum(), Loss(kind, null), 5);
        Assert.Equal(one * 21, Loss(kind, [1, 2, 3, 4, 5, 6]), 4);
    }

    [Fact]
    public void Targets_shrink_to_the_position_whose_centre_is_nearest()
    {
        var labels = arange(5, dtype: ScalarType.Int64).unsqueeze(0);
        var seen = new List<double[]>();
        using var spy = new Spy(target => seen.Add(target.Values()));

        nn.functional.deep_supervision_loss([rand(1, 5, 5), rand(1, 5, 3), rand(1, 5, 2)], labels, spy);
        nn.functional.deep_supervision_loss([rand(1, 5, 2)], labels.unsqueeze(1), spy);

        Assert.Equal(
            [
                [0, 1, 2, 3, 4],
                [0, 2, 4],
                [1, 3],
                [1, 3],
            ],
            seen
        );
    }

    [Fact]
    public void Levels_and_targets_that_do_not_fit_are_named()
    {
        string Refusal(Tensor output, Tensor target, double[]? weights = null) =>
            Assert
                .Throws<ArgumentException>(() =>
                    nn.functional.deep_supervision_loss([output, output], target, nn.FocalLoss(), weights: weights)
                )
                .Message;

        Assert.Contains("got (2, 3, 4, 4) and (2, 2, 8, 8)", Refusal(rand(2, 3, 4, 4), rand(2, 2, 8, 8)));
        Assert.Contains("each of the 2 outputs, got 1", Refusal(rand(2, 1, 4), rand(2, 1, 8), [1]));
    }

    [Fact]
    public void A_mask_multiplies_both_sides_also_labels()
    {
        var (x, t) = Pair(2, 3, 4);
        var p = x.sigmoid();
        var mask = tensor(new[] { 1f, 0, 1, 1 }).view(1, 1, 4);
        var labels = arange(4).remainder(3).expand(2, 4);

        Assert.Equal(
            nn.functional.dice_loss(p * mask, t * mask).item<float>(),
            nn.functional.masked_loss(p, t, mask.to(ScalarType.Bool), nn.DiceLoss()).item<float>()
        );
        Assert.Equal(
            nn.functional.softmax_focal_loss(x * mask, tensor(new[] { 0L, 0, 2, 0 }).expand(2, 4)).item<float>(),
            nn.functional.masked_loss(x, labels, mask, nn.SoftmaxFocalLoss()).item<float>()
        );
    }

    [Fact]
    public void Losses_in_losses_can_be_written_as_text()
    {
        var option = CombinedLoss.Card.Options.First(o => o.Name == "losses");
        using var json = JsonDocument.Parse("""["MSELoss", {"type": "DiceLoss", "sigmoid": true}]""");

        var losses = (LossList)OptionReader.Value(json.RootElement, option, "CombinedLoss")!;

        Assert.Equal(["MSELoss", "DiceLoss"], losses.Select(l => l.Key));
        Assert.True(((DiceLoss)losses[1].Value).sigmoid);
        using var wrong = JsonDocument.Parse("""["NoSuchLoss"]""");
        Assert.Contains(
            "a list of losses",
            Assert
                .Throws<ArgumentException>(() => OptionReader.Value(wrong.RootElement, option, "CombinedLoss"))
                .Message
        );
    }

    /// <summary>A loss of a user that shows what it gets.</summary>
    sealed class Spy(Action<Tensor> see) : nn.Module<Tensor, Tensor, Tensor>("Spy")
    {
        public override Tensor forward(Tensor input, Tensor target)
        {
            see(target);
            return input.sum();
        }
    }
}
