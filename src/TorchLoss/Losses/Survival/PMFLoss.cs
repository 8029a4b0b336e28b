namespace TorchLoss;

/// <summary>Likelihood of a distribution over intervals of time: the probability of the event in its interval, or, censored, of any later one.</summary>
/// <remarks>
/// Per subject <c>ℓ = −log p_t</c> where the event fell into interval t and <c>ℓ = −log Σ_(k &gt; t) p_k</c> where it was censored there (nats);
/// p is the softmax of the T outputs and of a 0 that stands for what comes after all of them. ε is added to the sums of
/// e^(φ − max φ): it bounds the loss of a censored subject, at 16.1 with 1e-7, and takes its gradient there. 0 leaves it exact.
/// </remarks>
[Loss(
    Family.Survival,
    Formula = @"-e \log p_t - (1 - e) \log \sum_{k > t} p_k, \quad p = \mathrm{softmax}([\varphi, 0])",
    Source = "Kvamme and Borgan 2019, Continuous and Discrete-Time Survival Prediction with Neural Networks, arXiv:1910.06724, section 3.2; pycox nll_pmf",
    Function = "pmf_loss"
)]
public sealed partial class PMFLoss : DiscreteSurvivalLoss
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
        var (outputs, happened) = Read(nameof(PMFLoss), phi, idx_durations, events, sample_weight);
        return MassLosses(outputs, idx_durations, happened, epsilon).Reduce(reduction, sample_weight);
    }
}
