namespace TorchLoss.Tests.Losses;

/// <summary>Losses of the hardest positions: loops, ignored positions, counts that would be 0.</summary>
public class HardPositionLossTests
{
    static (Tensor Scores, Tensor Labels) Batch()
    {
        manual_seed(8);
        var labels = randint(0, 3, [2, 4, 5], dtype: ScalarType.Int64);
        labels[0, 1] = -1;
        return (Numbers.Normal(2, 3, 4, 5), labels);
    }

    /// <summary>Cross entropy of each position that counts, and its class.</summary>
    static List<(double Loss, int Class)> Entropies(Tensor scores, Tensor labels)
    {
        var rows = scores.movedim([1], [3]).reshape(-1, 3).Rows();
        return
        [
            .. labels
                .Values()
                .Zip(rows)
                .Where(p => p.First >= 0)
                .Select(p => (p.Second.LogSumExp() - p.Second[(int)p.First], (int)p.First)),
        ];
    }

    [Theory]
    [InlineData(0.7, 1)]
    [InlineData(0.1, 12)]
    [InlineData(0.05, 33)]
    [InlineData(0.3, 1000)]
    public void Ohem_equals_a_loop(double thres, int min_kept)
    {
        var (scores, labels) = Batch();
        double[] weight = [1, 2, 0.5];
        var all = Entropies(scores, labels);
        var ranked = all.Select(e => Math.Exp(-e.Loss)).Order().ToList();
        var limit = Math.Max(thres, ranked[Math.Min(min_kept, ranked.Count - 1)]);
        var kept = all.Where(e => Math.Exp(-e.Loss) < limit).Select(e => weight[e.Class] * e.Loss).ToList();

        var loss = nn.functional.ohem_cross_entropy_loss(
            scores,
            labels,
            thres: thres,
            min_kept: min_kept,
            weight: tensor(weight)
        );

        Assert.Equal(kept.Average(), loss.Value(), 12);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void Ohem_without_a_hard_position_is_a_connected_zero(long label)
    {
        var labels = full([1, 4], label, dtype: ScalarType.Int64);
        var scores = (nn.functional.one_hot(zeros_like(labels), 3).movedim([2], [1]) * 60f)
            .to(float32)
            .requires_grad_();

        var loss = nn.functional.ohem_cross_entropy_loss(scores, labels, min_kept: 0);
        loss.backward();

        Assert.Equal(0, loss.Value());
        Assert.Equal(0, scores.grad!.abs().max().Value());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(30)]
    [InlineData(100)]
    public void TopK_equals_a_loop_in_which_ignored_positions_cost_0(double k)
    {
        var (scores, labels) = Batch();
        var all = Entropies(scores, labels).Select(e => e.Loss).Concat(Enumerable.Repeat(0.0, 5)).OrderDescending();

        var loss = nn.functional.topk_loss(scores, labels, k: k, ignore_index: -1);

        Assert.Equal(all.Take(Math.Max(1, (int)(40 * k / 100))).Average(), loss.Value(), 12);
    }

    [Fact]
    public void TopK_takes_labels_with_a_channel_and_keeps_the_others_at_0()
    {
        var (scores, labels) = Batch();
        Tensor Loss(Tensor target, Reduction reduction) =>
            nn.functional.topk_loss(scores, target, k: 25, ignore_index: -1, reduction: reduction);

        var single = Loss(labels.unsqueeze(1), Reduction.None);

        Assert.Equal(labels.shape, single.shape);
        Assert.Equal(10, single.gt(0).sum().item<long>());
        Assert.Equal(Loss(labels, Reduction.Mean).Value(), single.sum().Value() / 10, 12);
    }
}
