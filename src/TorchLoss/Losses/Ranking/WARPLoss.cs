namespace TorchLoss;

/// <summary>What a violation costs by the rank that it tells of.</summary>
public enum WarpWeight
{
    /// <summary>log max(1, rank), as LightFM has it.</summary>
    Log,

    /// <summary>Σ_{i ≤ rank} 1/i, as the paper has it.</summary>
    Harmonic,
}

/// <summary>WARP: sampled items are tried until one comes too near the wanted one; the sooner that is, the worse its rank, the more it costs.</summary>
/// <remarks>
/// Per row, the first sampled item with <c>s⁻ &gt; s⁺ − m</c>, found at trial t, costs <c>w(r) (m − s⁺ + s⁻)</c> with the rank
/// estimated as <c>r = ⌊(num_items − 1) / t⌋</c>; the weight has no gradient. A row without such an item costs 0.
/// Shapes: pos_score (B), neg_scores (B, K) in the order of sampling → one value, or one loss per row.
/// </remarks>
[Loss(
    Family.Ranking,
    Formula = @"w\Big(\Big\lfloor \frac{n - 1}{t} \Big\rfloor\Big) \, \big[m - s^+ + s^-_t\big]_+, \quad t = \min\{k: s^-_k > s^+ - m\}",
    Source = "Weston, Bengio and Usunier 2011, WSABIE: Scaling Up to Large Vocabulary Image Annotation, IJCAI, algorithm 1; Kula 2015, arXiv:1507.08439 (LightFM)"
)]
public sealed partial class WARPLoss : SampledNegativesLoss
{
    const double EulerGamma = 0.57721566490153286;

    /// <param name="num_items">How many items there are to sample from, the wanted one among them.</param>
    /// <param name="margin">The margin m, in the unit of the scores.</param>
    /// <param name="weight">What a violation costs by the rank that it tells of.</param>
    /// <param name="reduction">None keeps one loss per row, Mean averages them, Sum adds them up.</param>
    static Tensor Compute(
        Tensor pos_score,
        Tensor neg_scores,
        [AtLeast(1)] long num_items,
        [Finite] double margin = 1.0,
        WarpWeight weight = WarpWeight.Log,
        Reduction reduction = Reduction.Mean
    )
    {
        var (positive, negatives) = Read(pos_score, neg_scores, nameof(WARPLoss));
        if (negatives.numel() == 0)
        {
            return (positive * 0 + negatives.sum(1)).Reduce(reduction);
        }

        var violates = negatives.gt(positive.unsqueeze(1) - margin);
        var trials = arange(1, negatives.shape[1] + 1, dtype: ScalarType.Int64, device: negatives.device);
        var first = where(violates, trials, full_like(trials, negatives.shape[1])).min(1, keepdim: true).values;
        var rank = floor_divide(full_like(first, num_items - 1), first).to(positive.dtype).squeeze(1);
        var losses = Weight(rank, weight) * (margin - positive + negatives.gather(1, first - 1).squeeze(1));
        return where(violates.any(1), losses, losses * 0).Reduce(reduction);
    }

    /// <summary>The harmonic number of a rank is the digamma function at the next one, up to a constant: no table of all ranks.</summary>
    static Tensor Weight(Tensor rank, WarpWeight weight) =>
        weight is WarpWeight.Log ? rank.clamp_min(1).log() : (rank + 1).digamma() + EulerGamma;
}
