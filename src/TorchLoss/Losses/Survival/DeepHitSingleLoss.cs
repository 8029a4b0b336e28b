namespace TorchLoss;

/// <summary>DeepHit for one kind of event: the likelihood of its interval, and the order in which subjects should have it.</summary>
/// <remarks>
/// Per subject <c>ℓ = α ℓ_PMF + (1 − α) mean_j r_ij e^(−(F_i(t_i) − F_j(t_i))/σ)</c>: <see cref="PMFLoss"/> (with ε = 1e-7) and a ranking
/// in which r_ij is 1 where i had the event and j was still without it, or censored then; F is the running sum of p. The
/// mean is over all B subjects j. Needs a B × B matrix. Without unit.
/// </remarks>
[Loss(
    Family.Survival,
    Formula = @"\alpha\,\ell_{\mathrm{PMF}} + \frac{1 - \alpha}{B} \sum_j r_{ij}\, e^{-(F_i(t_i) - F_j(t_i)) / \sigma}",
    Source = "Lee, Zame, Yoon and van der Schaar 2018, DeepHit, AAAI, eq. (1) to (3); Kvamme, Borgan and Scheel 2019, arXiv:1907.00825; pycox DeepHitSingleLoss",
    Function = "deep_hit_single_loss"
)]
public sealed partial class DeepHitSingleLoss : DiscreteSurvivalLoss
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static new IReadOnlyList<InputInfo> Inputs { get; } = [.. DiscreteSurvivalLoss.Inputs.Take(3)];

    /// <param name="phi">One output for each interval (B, T).</param>
    /// <param name="idx_durations">The interval of the event or of censoring (B).</param>
    /// <param name="events">True where the event happened, false where censored (B).</param>
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
        var (outputs, happened) = Read(nameof(DeepHitSingleLoss), phi, idx_durations, events);
        var likelihood = MassLosses(outputs, idx_durations, happened, epsilon: 1e-7);
        var mass = softmax(WithRest(outputs), 1).narrow(1, 0, phi.shape[1]);
        var rank = RankLosses(mass, idx_durations, happened, sigma);
        return (likelihood * alpha + rank * (1 - alpha)).Reduce(reduction);
    }
}
