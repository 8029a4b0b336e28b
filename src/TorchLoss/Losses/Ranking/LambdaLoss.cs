namespace TorchLoss;

/// <summary>What a pair of documents weighs in <see cref="LambdaLoss"/>.</summary>
public enum WeighingScheme
{
    /// <summary>G_i / D_i: the first document's share of the NDCG. Takes all pairs, also i with itself.</summary>
    NdcgLoss1Scheme,

    /// <summary>The change of discount by as many ranks as lie between the two, times |G_i − G_j|.</summary>
    NdcgLoss2Scheme,

    /// <summary>By how much the NDCG changes if the two trade places (LambdaRank).</summary>
    LambdaRankScheme,

    /// <summary>μ times NdcgLoss2Scheme plus LambdaRankScheme.</summary>
    NdcgLoss2PPScheme,

    /// <summary>1.</summary>
    RankNetScheme,

    /// <summary>|y_i − y_j|.</summary>
    RankNetWeightedByGTDiffScheme,

    /// <summary>|y_i² − y_j²|.</summary>
    RankNetWeightedByGTDiffPowedScheme,
}

/// <summary>The base of a loss's logarithm.</summary>
public enum LogBase
{
    /// <summary>2: bits.</summary>
    Binary,

    /// <summary>e: nats.</summary>
    Natural,
}

/// <summary>LambdaLoss: pairs of documents in the wrong order cost what their order means for the ranking measure.</summary>
/// <remarks>
/// Documents are ordered by score; per pair of ranks i, j up to k with <c>y_i &gt; y_j</c>:
/// <c>ℓ = −log( max(max(σ(σ₀ (s_i − s_j)), ε)^w_ij, ε) )</c>, in bits unless told otherwise. The weights w come from the
/// current ranks, gains <c>G = (2^y − 1) / IDCG@k</c> and discounts <c>D = log2(1 + rank)</c>, without gradient.
/// Needs O(L²) memory a list.
/// <para>
/// eps bounds what a pair costs: with 1e-10 a pair that is wrong by more than 23 has no gradient at all. 0 switches the bound
/// off, and nothing overflows then, for log σ is taken as a whole. No pair at all gives 0. Equal scores keep their order.
/// </para>
/// </remarks>
[Loss(
    Family.Ranking,
    Formula = @"-\sum_{y_i > y_j} \log_2 \Big(\frac{1}{1 + e^{-\sigma (s_i - s_j)}}\Big)^{w_{ij}}",
    Source = "Wang, Li, Golbandi, Bendersky and Najork 2018, The LambdaLoss Framework for Ranking Metric Optimization, CIKM, doi:10.1145/3269206.3271784, eq. (9) to (15); Burges, Ragno and Le 2006, Learning to Rank with Nonsmooth Cost Functions, NIPS",
    Aliases = "LambdaRankLoss",
    DefaultReduction = Reduction.Sum
)]
public sealed partial class LambdaLoss : PairwiseListLoss
{
    /// <param name="weighing_scheme">What a pair weighs; null is 1.</param>
    /// <param name="k">Only pairs within the first k ranks count, and the ideal DCG stops there; null is all.</param>
    /// <param name="sigma">Sharpness σ of the sigmoid.</param>
    /// <param name="mu">The weight μ in NdcgLoss2PPScheme.</param>
    /// <param name="eps">Smallest probability, smallest weighted probability and smallest ideal DCG; 0 bounds nothing.</param>
    /// <param name="reduction">None keeps each list's sum over its pairs (B), Sum adds them up, Mean divides by the number of pairs.</param>
    /// <param name="reduction_log">The base of the logarithm.</param>
    static Tensor Compute(
        Tensor y_pred,
        Tensor y_true,
        WeighingScheme? weighing_scheme = null,
        [AtLeast(1)] long? k = null,
        [Positive] double sigma = 1.0,
        [AtLeast(0)] double mu = 10.0,
        [Between(0, 1)] double eps = 1e-10,
        Reduction reduction = Reduction.Sum,
        LogBase reduction_log = LogBase.Binary
    )
    {
        var given = Read(y_pred, y_true, nameof(LambdaLoss));
        var lists = given.Ordered(by: given.Scores);
        var within = arange(lists.Scores.shape[1], device: lists.Scores.device).lt(k ?? long.MaxValue);
        var counted = weighing_scheme is WeighingScheme.NdcgLoss1Scheme ? lists.ValidPairs : lists.BetterPairs;
        var log_p = logsigmoid(DocumentLists.Differences(lists.Scores) * sigma);
        if (eps > 0)
        {
            log_p = log_p.clamp_min(Math.Log(eps));
        }

        if (weighing_scheme is { } scheme)
        {
            log_p = log_p * Weights(scheme, lists, Ideal(lists, within, eps), mu);
        }

        var losses = -(eps > 0 ? log_p.clamp_min(Math.Log(eps)) : log_p);
        losses = reduction_log is LogBase.Binary ? losses / Math.Log(2) : losses;
        return Reduce(losses, counted.logical_and(within).logical_and(within.unsqueeze(1)), reduction);
    }

    static Tensor Ideal(DocumentLists lists, Tensor within, double eps)
    {
        var best = lists.Gain.sort(1, descending: true).Values / lists.Discount;
        return (best * within).sum(1, keepdim: true).clamp_min(eps);
    }

    static Tensor Weights(WeighingScheme scheme, DocumentLists lists, Tensor ideal, double mu)
    {
        var (gain, discount, y) = (lists.Gain.SafeDivide(ideal), lists.Discount, lists.Relevance);
        return scheme switch
        {
            WeighingScheme.NdcgLoss1Scheme => (gain / discount).unsqueeze(2),
            WeighingScheme.NdcgLoss2Scheme => ByDistance(discount) * Between(gain),
            WeighingScheme.LambdaRankScheme => ByPlaces(discount) * Between(gain),
            WeighingScheme.NdcgLoss2PPScheme => (ByDistance(discount) * mu + ByPlaces(discount)) * Between(gain),
            WeighingScheme.RankNetWeightedByGTDiffScheme => Between(y),
            WeighingScheme.RankNetWeightedByGTDiffPowedScheme => Between(y.square()),
            _ => ones_like(gain).unsqueeze(2),
        };
    }

    static Tensor Between(Tensor values) => DocumentLists.Differences(values).abs();

    /// <summary>How much the discount changes if the two documents trade places (1, L, L).</summary>
    static Tensor ByPlaces(Tensor discount) => Between(1 / discount.unsqueeze(0));

    /// <summary>How much the discount changes from the rank that is the two documents' distance to the next one (L, L).</summary>
    static Tensor ByDistance(Tensor discount)
    {
        var length = discount.shape[0];
        var places = arange(length, device: discount.device);
        var distance = (places.unsqueeze(1) - places).abs().to(discount.dtype);
        var change = 1 / (distance + 1).clamp_min(2).log2() - 1 / (distance + 2).log2();
        return where(distance.eq(0), zeros_like(change), change);
    }
}
