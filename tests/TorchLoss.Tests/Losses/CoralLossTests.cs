using static TorchSharp.torch.nn;

namespace TorchLoss.Tests.Losses;

public class CoralLossTests
{
    [Fact]
    public void Levels_count_the_ranks_below_a_class()
    {
        var levels = CoralLoss.Levels(tensor(new long[] { 0, 2, 4 }), 5);

        Assert.Equal([0, 0, 0, 0, 1, 1, 0, 0, 1, 1, 1, 1], levels.Values());
    }

    [Fact]
    public void Predict_undoes_levels()
    {
        var labels = arange(5, dtype: ScalarType.Int64);

        var predicted = CoralLoss.Predict(CoralLoss.Levels(labels, 5) - 0.5);

        Assert.Equal(ScalarType.Int64, predicted.dtype);
        Assert.Equal(labels.Values(), predicted.Values());
    }

    [Fact]
    public void Equals_a_loop_with_importance_weights()
    {
        manual_seed(6);
        var logits = Numbers.Normal(4, 3);
        var labels = tensor(new long[] { 3, 0, 1, 2 });
        double[] importance = [0.5, 1, 2];
        var expected = logits
            .Rows()
            .Zip(labels.data<long>().ToArray())
            .Select(s => s.First.Select((x, k) => importance[k] * Numbers.Softplus(s.Second > k ? -x : x)).Sum());

        var losses = functional.coral_loss(
            logits,
            CoralLoss.Levels(labels, 4),
            tensor(importance),
            reduction: Reduction.None
        );

        Assert.All(losses.Values().Zip(expected), v => Assert.Equal(v.Second, v.First, 12));
    }

    [Fact]
    public void A_label_out_of_range_is_refused() =>
        Assert.Contains(
            "labels",
            Assert.Throws<ArgumentException>(() => CoralLoss.Levels(tensor(new long[] { 5 }), 5)).Message,
            StringComparison.Ordinal
        );
}
