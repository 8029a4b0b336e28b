namespace TorchLoss;

/// <summary>What a pair in the wrong order costs in <see cref="ConcordancePairLoss"/>.</summary>
public enum ConcordanceKind
{
    /// <summary>softplus(−d/σ) of the difference d.</summary>
    Logistic,

    /// <summary>max(margin − d, 0).</summary>
    Hinge,
}

/// <summary>A smooth concordance index: whoever has the event first should have had the higher hazard.</summary>
/// <remarks>
/// Per pair of a subject i with the event and a j with a longer time, <c>ℓ = softplus(−(h_i − h_j)/σ)</c> or <c>max(margin − (h_i − h_j), 0)</c>
/// with the log hazards h. Equal times are no pair. With strata, pairs are within one. The mean is over pairs; no pair
/// gives 0. Needs an N × N matrix.
/// </remarks>
[Loss(
    Family.Survival,
    Formula = @"\frac{1}{|P|} \sum_{(i, j):\, e_i = 1,\, t_i < t_j} \mathrm{softplus}\left( -\frac{h_i - h_j}{\sigma} \right)",
    Source = "Raykar, Steck, Krishnapuram, Dehing-Oberije and Lambin 2007, On Ranking in Survival Analysis: Bounds on the Concordance Index, NIPS"
)]
public sealed partial class ConcordancePairLoss : SurvivalLoss
{
    /// <param name="log_h">Log hazards, or any score of risk (N).</param>
    /// <param name="durations">Times until the event or censoring (N).</param>
    /// <param name="events">True where the event happened, false where censored (N).</param>
    /// <param name="kind">What a pair in the wrong order costs.</param>
    /// <param name="sigma">Scale σ of the differences, of logistic.</param>
    /// <param name="margin">By how much the hazards should differ, of hinge.</param>
    /// <param name="reduction">None keeps each subject's sum over its pairs (N), Mean divides by the number of pairs, Sum adds up.</param>
    /// <param name="strata">Groups within which subjects are compared, int64 (N); null compares all.</param>
    static Tensor Compute(
        Tensor log_h,
        Tensor durations,
        Tensor events,
        ConcordanceKind kind = ConcordanceKind.Logistic,
        [Positive] double sigma = 1.0,
        [AtLeast(0)] double margin = 1.0,
        Reduction reduction = Reduction.Mean,
        [Input] Tensor? strata = null
    )
    {
        Check(log_h, durations, events, strata, nameof(ConcordancePairLoss));
        var h = log_h.Upcast();
        var ahead = h.unsqueeze(1) - h;
        var first = durations.unsqueeze(1).lt(durations).logical_and(events.ne(0).unsqueeze(1));
        first = strata is null ? first : first.logical_and(strata.unsqueeze(1).eq(strata));
        var losses = kind is ConcordanceKind.Hinge ? (margin - ahead).relu() : (ahead / -sigma).Softplus();
        var sums = where(first, losses, zeros_like(losses)).sum(dim: 1);
        return reduction is Reduction.Mean ? sums.sum().SafeDivide(first.sum().to(sums.dtype)) : sums.Reduce(reduction);
    }
}
