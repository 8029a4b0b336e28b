using static TorchSharp.torch.nn;

namespace TorchLoss.Tests.Losses;

/// <summary>Smooth ranking measures, and what is special to single ranking losses.</summary>
public class RankingMeasureTests
{
    static readonly double[] Relevance = [1, 3, 0, 2];

    static Tensor Row(params double[] values) => tensor(values).unsqueeze(0);

    static double Ndcg(double[] scores, int k)
    {
        double Dcg(IEnumerable<double> ranked) =>
            ranked.Take(k).Select((y, i) => (Math.Pow(2, y) - 1) / Math.Log2(i + 2)).Sum();
        var ranked = Relevance.Zip(scores).OrderByDescending(p => p.Second).Select(p => p.First);
        return Dcg(ranked) / Dcg(Relevance.OrderDescending());
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void Sharp_NeuralNDCG_is_NDCG_and_so_is_its_transpose(int k)
    {
        double[] scores = [0.3, 0.9, 0.5, 0.1];

        var rows = functional.neural_ndcg_loss(Row(scores), Row(Relevance), temperature: 1e-3, k: k);
        var columns = functional.neural_ndcg_transposed_loss(Row(scores), Row(Relevance), temperature: 1e-3, k: k);

        Assert.Equal(-Ndcg(scores, k), rows.Value(), 9);
        Assert.Equal(-Ndcg(scores, k), columns.Value(), 9);
    }

    [Fact]
    public void NeuralNDCG_with_noise_of_no_size_is_without_noise()
    {
        manual_seed(2);
        var scores = Numbers.Normal(2, 4);
        var relevance = randint(0, 3, [2, 4]).to(ScalarType.Float64);
        Tensor Loss(bool noisy, double beta) =>
            functional.neural_ndcg_loss(
                scores,
                relevance,
                stochastic: noisy,
                n_samples: 3,
                beta: beta,
                log_scores: false
            );

        Assert.Equal(Loss(noisy: false, 0).Value(), Loss(noisy: true, 0).Value(), 12);
        Assert.NotEqual(Loss(noisy: true, 1).Value(), Loss(noisy: true, 1).Value());
        Assert.True(functional.neural_ndcg_loss(scores, relevance, stochastic: true).isfinite().all().item<bool>());
    }

    [Fact]
    public void Padding_before_documents_changes_nothing_in_NeuralNDCG()
    {
        var plain = functional.neural_ndcg_loss(Row(0.2, 0.7, 0.1), Row(1, 0, 2));
        var padded = functional.neural_ndcg_loss(Row(9, 0.2, 5, 0.7, 0.1), Row(-1, 1, -1, 0, 2));

        Assert.Equal(plain.Value(), padded.Value(), 9);
    }

    [Fact]
    public void Gumbel_NDCG_without_noise_is_approximate_NDCG()
    {
        var (scores, relevance) = (Row(0.2, 0.7, 0.1, 0.4), Row(Relevance));

        var expected = functional.approx_ndcg_loss(scores, relevance, alpha: 5);
        var loss = functional.gumbel_approx_ndcg_loss(
            scores,
            relevance,
            temperature: 0.2,
            gumbel: zeros(1, 2, 4, dtype: ScalarType.Float64)
        );

        Assert.Equal(expected.Value(), loss.Value(), 9);
        Assert.NotEqual(
            functional.gumbel_approx_ndcg_loss(scores, relevance).Value(),
            functional.gumbel_approx_ndcg_loss(scores, relevance).Value()
        );
    }

    [Fact]
    public void BPR_max_of_a_hopeless_row_keeps_its_gradient_without_eps()
    {
        var scores = tensor(
            new[,]
            {
                { 0.0f, 100, 99 },
                { 3, 0, 1 },
            }
        );
        Tensor Gradient(double eps) =>
            Numbers.Gradient(scores, s => functional.bpr_max_loss(s, bpreg: 0, elu_param: 0, eps: eps));

        Assert.Equal(-1, Gradient(0)[0, 0].Value(), 4);
        Assert.True(Math.Abs(Gradient(1e-24)[0, 0].Value()) < 1e-6);
    }

    [Fact]
    public void BPR_max_needs_a_column_for_each_row() =>
        Assert.Throws<ArgumentException>(() => functional.bpr_max_loss(randn(3, 2)));

    [Fact]
    public void Uniformity_of_far_points_and_of_one_pair_is_finite()
    {
        var (u, v) = (
            tensor(
                new[,]
                {
                    { 1.0, 0 },
                }
            ),
            tensor(
                new[,]
                {
                    { 0.0, 1 },
                }
            )
        );

        Assert.Equal(2, functional.direct_au_loss(u, v).Value(), 12); // alignment alone
        Assert.Equal(-8, functional.direct_au_loss(cat([u, -u]), cat([u, -u])).Value(), 9);
    }

    [Fact]
    public void Ordinal_levels_of_exact_probabilities_have_a_finite_gradient()
    {
        var p = tensor(
            new[,,]
            {
                {
                    { 0.0f, 1 },
                    { 1, 0 },
                },
            }
        );
        var levels = tensor(
            new[,]
            {
                { 1.0f, 1 },
            }
        );

        var gradient = Numbers.Gradient(p, x => functional.ordinal_rank_loss(x, levels, 2));

        Assert.Equal(100, functional.ordinal_rank_loss(p, levels, 2).Value(), 4);
        Assert.True(gradient.isfinite().all().item<bool>());
    }

    [Fact]
    public void A_perfect_list_has_no_gradient_in_the_root()
    {
        var gradient = Numbers.Gradient(Row(0.25, 0.5), s => functional.pointwise_rmse_loss(s, Row(1, 2), 4));

        Assert.Equal([0.0, 0.0], gradient.Values());
    }

    [Theory]
    [InlineData(null, 0.5 + 0.1 + 0.3)]
    [InlineData(10.0, 0.5 + 10 * (0.1 + 0.3) / 2)]
    public void Cosine_contrast_adds_negatives_up_or_weighs_their_mean(double? weight, double expected)
    {
        var loss = functional.cosine_contrastive_loss(Row(0.5, 0.3, 0.5), margin: 0.2, negative_weight: weight);

        Assert.Equal(expected, loss.Value(), 12);
    }

    [Fact]
    public void Lists_without_a_relevant_document_are_left_out_of_the_mean_reciprocal_rank()
    {
        var scores = Numbers.Normal(2, 3);
        var relevance = tensor(
            new[,]
            {
                { 0.0, 1, 0 },
                { 0, 0, 0 },
            }
        );

        Assert.Equal(
            functional.approx_mrr_loss(scores[..1], relevance[..1]).Value(),
            functional.approx_mrr_loss(scores, relevance).Value(),
            12
        );
    }
}
