namespace TorchLoss;

/// <summary>Multi-task logistic regression: one classifier for each point of time, joined so that survival never rises.</summary>
/// <remarks>
/// <see cref="PMFLoss"/> of the reverse running sums <c>ψ_k = Σ_(j ≥ k) φ_j</c>: p_k is proportional to e^(ψ_k). ε as there.
/// </remarks>
[Loss(
    Family.Survival,
    Formula = @"-e \log p_t - (1 - e) \log \sum_{k > t} p_k, \quad p = \mathrm{softmax}([\psi, 0]),\ \psi_k = \sum_{j \ge k} \varphi_j",
    Source = "Yu, Greiner, Lin and Baracos 2011, Learning Patient-Specific Cancer Survival Distributions; Fotso 2018, arXiv:1801.05512; pycox nll_mtlr",
    Function = "mtlr_loss"
)]
public sealed partial class MTLRLoss : DiscreteSurvivalLoss
{
    /// <param name="phi">One output for each interval (B, T).</param>
    /// <param name="idx_durations">The interval of the event or of censoring (B).</param>
    /// <param name="events">True where the event happened, false where censored (B).</param>
    /// <param name="epsilon">Added to sums before their logarithm.</param>
    /// <param name="reduction">None keeps one loss a subject, Mean averages them, Sum adds them up.</param>
    /// <param name="sample_weight">Weight of each subject (B). Mean divides by the sum of the weights.</param>
    static Tensor Compute(
        Tensor phi,
        Tensor idx_durations,
        Tensor events,
        [Between(0, 1, HighOpen = true)] double epsilon = 1e-7,
        Reduction reduction = Reduction.Mean,
        [Input] Tensor? sample_weight = null
    )
    {
        var (outputs, happened) = Read(nameof(MTLRLoss), phi, idx_durations, events, sample_weight);
        var sums = outputs.flip(1).cumsum(1).flip(1);
        return MassLosses(sums, idx_durations, happened, epsilon).Reduce(reduction, sample_weight);
    }
}
