namespace TorchLoss;

/// <summary>DeepHit for competing risks: the likelihood of which event came and when, and the order in which subjects should have each.</summary>
/// <remarks>
/// Per subject <c>ℓ = α ℓ_NLL + (1 − α) mean_j r_ij e^(−(F_i(t_i) − F_j(t_i))/σ)</c> with F the running sum of the probabilities of the event that
/// i had, and r_ij as in <see cref="DeepHitSingleLoss"/>. p is the softmax of all K·T outputs and of a 0 for what comes after;
/// <c>ℓ_NLL = −log(p + 1e-7)</c>, p of the event at its interval, or of everything later where censored. Needs K matrices B × B.
/// </remarks>
[Loss(
    Family.Survival,
    Formula = @"\alpha\,\ell_{\mathrm{NLL}} + \frac{1 - \alpha}{B} \sum_j r_{ij}\, e^{-(F_i^{k_i}(t_i) - F_j^{k_i}(t_i)) / \sigma}",
    Source = "Lee, Zame, Yoon and van der Schaar 2018, DeepHit, AAAI, eq. (1) to (3); pycox DeepHitLoss",
    Function = "deep_hit_loss"
)]
public sealed partial class DeepHitLoss : LossModule3
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [new("phi", "B K T", Role.Logits), new("idx_durations", "B", Role.ClassIndex), new("events", "B", Role.ClassIndex)];

    /// <param name="phi">One output for each kind of event and interval (B, K, T).</param>
    /// <param name="idx_durations">The interval of the event or of censoring (B).</param>
    /// <param name="events">The kind of event, 1 to K, or 0 where censored; int64 (B).</param>
    /// <param name="alpha">Share α of the likelihood; the ranking has the rest.</param>
    /// <param name="sigma">Scale σ of the differences of F that the ranking is about.</param>
    /// <param name="reduction">None keeps one loss a subject, Mean averages them, Sum adds them up.</param>
    static Tensor Compute(
        Tensor phi,
        Tensor idx_durations,
        Tensor events,
        [Between(0, 1)] double alpha = 0.2,
        [Positive] double sigma = 0.1,
        Reduction reduction = Reduction.Mean
    )
    {
        var (outputs, happened) = Check(phi, idx_durations, events);
        var log_p = log_softmax(DiscreteSurvivalLoss.WithRest(outputs.flatten(1)), 1);
        var events_log_p = log_p.narrow(1, 0, log_p.shape[1] - 1).view(phi.shape);
        var likelihood = Likelihood(events_log_p, log_p.select(1, -1), idx_durations, events, happened);
        var rank = zeros_like(likelihood);
        for (var kind = 0; kind < phi.shape[1]; kind++)
        {
            var mass = events_log_p.select(1, kind).exp();
            var own = events.eq(kind + 1).to(mass.dtype);
            rank = rank + DiscreteSurvivalLoss.RankLosses(mass, idx_durations, happened, sigma) * own;
        }

        return (likelihood * alpha + rank * (1 - alpha)).Reduce(reduction);
    }

    static Tensor Likelihood(Tensor log_p, Tensor log_rest, Tensor idx_durations, Tensor events, Tensor happened)
    {
        var intervals = log_p.shape[2];
        var place = (events - 1).clamp_min(0) * intervals + idx_durations;
        var own = log_p.flatten(1).gather(1, place.unsqueeze(1)).squeeze(1);
        var over = arange(intervals, device: log_p.device).le(idx_durations.unsqueeze(1)).unsqueeze(1);
        var later = log_p.masked_fill(over, double.NegativeInfinity).flatten(1);
        var left = cat([later, log_rest.unsqueeze(1)], 1).logsumexp(1);
        return -DiscreteSurvivalLoss.Floor(where(happened, own, left), 1e-7);
    }

    static (Tensor Phi, Tensor Happened) Check(Tensor phi, Tensor idx_durations, Tensor events)
    {
        const string loss = nameof(DeepHitLoss);
        InputCheck.Dimensions(phi, 3, "(B, K, T)", loss);
        InputCheck.Indices(events, loss);
        InputCheck.IndexRange(events, phi.shape[1] + 1, null, loss);
        return DiscreteSurvivalLoss.Read(loss, phi, idx_durations, events, phi.shape[2], null, null);
    }
}
