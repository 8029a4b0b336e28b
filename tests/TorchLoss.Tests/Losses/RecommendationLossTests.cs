using static TorchSharp.torch.nn;

namespace TorchLoss.Tests.Losses;

/// <summary>Losses of wanted items against unwanted ones.</summary>
public class RecommendationLossTests
{
    [Fact]
    public void BPR_of_a_hopeless_pair_keeps_its_gradient_unless_capped()
    {
        Tensor Gradient(double gamma) =>
            Numbers.Gradient(tensor([-40f]), s => functional.bpr_loss(s, zeros(1), gamma: gamma));

        Assert.Equal(-1, Gradient(0).Value(), 6);
        Assert.True(Math.Abs(Gradient(1e-10).Value()) < 1e-6);
        Assert.Equal(-Math.Log(1e-10), functional.bpr_loss(tensor([-40.0]), zeros(1), gamma: 1e-10).Value(), 6);
    }

    [Fact]
    public void Scores_broadcast_in_both_directions()
    {
        var (positive, negative) = (Numbers.Normal(4, 1), Numbers.Normal(1, 3));

        var loss = functional.bpr_loss(positive, negative, reduction: Reduction.None);

        Assert.Equal([4, 3], loss.shape);
        Assert.Equal(Numbers.Softplus(negative[0, 2].Value() - positive[1, 0].Value()), loss[1, 2].Value(), 12);
        Assert.Throws<ArgumentException>(() => functional.bpr_loss(ones(4), ones(3)));
    }

    [Fact]
    public void Sampled_softmax_corrects_the_bias_of_the_sampling()
    {
        var (positive, negatives) = (Numbers.Normal(3), Numbers.Normal(3, 4));
        var (q, others) = (Numbers.Normal(3), Numbers.Normal(4));
        double Expected(int row)
        {
            double own = positive[row].Value() / 0.5 - 0.7 * q[row].Value();
            var rest = Enumerable
                .Range(0, 4)
                .Where(k => row != 1 || k != 2)
                .Select(k => negatives[row, k].Value() / 0.5 - 0.7 * others[k].Value());
            return Numbers.LogSumExp([own, .. rest]) - own;
        }

        var hits = zeros(3, 4, dtype: ScalarType.Bool);
        hits[1, 2] = true;

        var loss = functional.sampled_softmax_loss(positive, negatives, 0.5, 0.7, Reduction.None, q, others, hits);

        Assert.Equal([Expected(0), Expected(1), Expected(2)], loss.Values(), (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [Fact]
    public void Sampled_softmax_without_a_negative_left_gives_zero()
    {
        var hits = ones(2, 3, dtype: ScalarType.Bool);

        Assert.Equal(0, functional.sampled_softmax_loss(randn(2), randn(2, 3), accidental_hits: hits).Value());
        Assert.Equal(0, functional.sampled_softmax_loss(randn(2), randn(2, 0)).Value());
    }

    [Fact]
    public void Sampled_softmax_needs_both_corrections_or_none()
    {
        var e = Assert.Throws<ArgumentException>(() =>
            functional.sampled_softmax_loss(randn(2), randn(2, 3), log_q_pos: randn(2))
        );

        Assert.Contains("log_q_neg is null", e.Message);
    }

    [Theory]
    [InlineData(WarpWeight.Log)]
    [InlineData(WarpWeight.Harmonic)]
    public void WARP_equals_trying_one_by_one(WarpWeight weight)
    {
        manual_seed(3);
        var (positive, negatives) = (Numbers.Normal(20), Numbers.Normal(20, 6) - 1);
        double Row(double own, double[] tried)
        {
            var trial = Array.FindIndex(tried, n => n > own - 0.5) + 1;
            if (trial == 0)
            {
                return 0;
            }

            var rank = (9 - 1) / trial;
            var factor =
                weight is WarpWeight.Log ? Math.Log(Math.Max(1, rank)) : Enumerable.Range(1, rank).Sum(i => 1.0 / i);
            return factor * (0.5 - own + tried[trial - 1]);
        }

        var expected = positive.Values().Zip(negatives.Rows(), Row).ToArray();
        var loss = functional.warp_loss(positive, negatives, 9, 0.5, weight, Reduction.None);

        Assert.Equal(expected, loss.Values(), (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Contains(0.0, expected);
    }

    [Fact]
    public void WARP_without_a_sampled_item_gives_zero() =>
        Assert.Equal(0, functional.warp_loss(randn(2), randn(2, 0), 10).Value());
}
