namespace TorchLoss;

/// <summary>Discrete-time hazards: for each interval that a subject entered, did the event come in it or not.</summary>
/// <remarks>
/// Per subject <c>ℓ = Σ_(k ≤ t) softplus(φ_k) − e φ_t</c> (nats): the binary cross entropies of the hazards σ(φ_k) up to the interval t in
/// which the subject left, by the event (e = 1) or censored at its end (e = 0). Known as Nnet-survival, too.
/// </remarks>
[Loss(
    Family.Survival,
    Formula = @"\sum_{k \le t} \mathrm{softplus}(\varphi_k) - e\,\varphi_t",
    Source = "Brown 1975; Gensheimer and Narasimhan 2019, A Scalable Discrete-Time Survival Model, arXiv:1805.00917, eq. (3); Kvamme and Borgan 2019, arXiv:1910.06724, section 3.1",
    Aliases = "NLLLogistiHazardLoss NnetSurvivalLoss"
)]
public sealed partial class LogisticHazardLoss : DiscreteSurvivalLoss
{
    /// <param name="phi">Logits of the hazards of each interval (B, T).</param>
    /// <param name="idx_durations">The interval of the event or of censoring (B).</param>
    /// <param name="events">True where the event happened, false where censored (B).</param>
    /// <param name="reduction">None keeps one loss a subject, Mean averages them, Sum adds them up.</param>
    /// <param name="sample_weight">Weight of each subject (B). Mean divides by the sum of the weights.</param>
    static Tensor Compute(
        Tensor phi,
        Tensor idx_durations,
        Tensor events,
        Reduction reduction = Reduction.Mean,
        [Input] Tensor? sample_weight = null
    )
    {
        var (logits, happened) = Read(nameof(LogisticHazardLoss), phi, idx_durations, events, sample_weight);
        var costs = logits.Softplus().masked_fill(After(logits, idx_durations), 0).sum(dim: 1);
        var own = logits.gather(1, idx_durations.unsqueeze(1)).squeeze(1);
        return (costs - where(happened, own, zeros_like(own))).Reduce(reduction, sample_weight);
    }
}
