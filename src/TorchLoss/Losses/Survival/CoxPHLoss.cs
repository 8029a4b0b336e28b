namespace TorchLoss;

/// <summary>What happens to events at the same time in <see cref="CoxPHLoss"/>.</summary>
public enum CoxTies
{
    /// <summary>Each of them faces the whole risk set.</summary>
    Breslow,

    /// <summary>They leave the risk set one after the other, in no particular order.</summary>
    Efron,
}

/// <summary>Cox partial likelihood: whoever has the event should carry a higher hazard than those still at risk.</summary>
/// <remarks>
/// Per event <c>ℓ = log Σ_(j at risk) e^(h_j) − h_i</c> (nats) with the log hazards h; at risk are all of the stratum with a time
/// at least as long, those censored at that very time included. Of d tied events, Efron's l-th (from 0) faces the risk set
/// less l/d of the tied events' hazard; here each of the d gets the average, so that their order does not matter.
/// Adding a constant to all h changes nothing, so h needs no bias. The mean is over events; no event gives 0.
/// Sorts once and adds up in logarithms: O(N log N), and no hazard overflows. The whole cohort, or a large batch, belongs in
/// one call: a small batch has small risk sets.
/// </remarks>
[Loss(
    Family.Survival,
    Formula = @"\frac{1}{|E|} \sum_{i \in E} \Big(\log \sum_{j:\, t_j \ge t_i} e^{h_j} - h_i\Big)",
    Source = "Cox 1972, Regression Models and Life-Tables; Breslow 1974; Efron 1977; Katzman, Shaham, Cloninger, Bates, Jiang and Kluger 2018, DeepSurv, arXiv:1606.00931, eq. (4)",
    Aliases = "CoxLoss NegativePartialLogLikelihood"
)]
public sealed partial class CoxPHLoss : SurvivalLoss
{
    /// <param name="ties">How events at the same time are treated.</param>
    /// <param name="reduction">None keeps the subjects' losses (0 where censored), Mean divides by the number of events, Sum adds up.</param>
    static Tensor Compute(
        Tensor log_h,
        Tensor durations,
        Tensor events,
        CoxTies ties = CoxTies.Breslow,
        [Input] Tensor? strata = null,
        Reduction reduction = Reduction.Mean
    )
    {
        Check(log_h, durations, events, strata, nameof(CoxPHLoss));
        var hazard = log_h.Upcast();
        if (log_h.numel() == 0)
        {
            return hazard.Reduce(reduction);
        }

        var sets = RiskSets.Of(durations, strata);
        var h = hazard.index_select(0, sets.Order);
        var happened = events.ne(0).index_select(0, sets.Order);
        var risk = sets.LogSumExp(h);
        var losses = ties is CoxTies.Efron ? risk - h + Efron(sets, h - risk, happened.to(h.dtype)) : risk - h;
        losses = where(happened, losses, zeros_like(losses));
        return reduction switch
        {
            Reduction.None => sets.Restore(losses),
            Reduction.Mean => losses.sum().SafeDivide(happened.sum().to(h.dtype)),
            _ => losses.sum(),
        };
    }

    /// <summary>The tied events' mean of log(1 − l/d · share), their share of the risk set's hazard being below 1.</summary>
    static Tensor Efron(RiskSets sets, Tensor log_share, Tensor happened)
    {
        var count = sets.SumOfTies(happened).clamp_min(1);
        var before = happened.cumsum(0) - happened;
        var gone = happened * (before - before.index_select(0, sets.Tie)) / count;
        var share = sets.SumOfTies(happened * log_share.exp());
        return sets.SumOfTies((-gone * share).log1p()) / count;
    }
}
