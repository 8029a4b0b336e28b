namespace TorchLoss;

/// <summary>Survival as a classification for each point of time: still there before the event, gone from it on, unknown once censored.</summary>
/// <remarks>
/// Per subject and interval <c>ℓ = softplus(−φ_k)</c> before the subject's own interval t, <c>softplus(φ_k)</c> from it on where the event
/// happened, and 0 from it on where it was censored (nats). σ(φ_k) is the probability to survive until k; nothing keeps it
/// from rising. The mean divides by all B·T entries, the masked ones included.
/// </remarks>
[Loss(
    Family.Survival,
    Formula = @"\sum_{k < t} \mathrm{softplus}(-\varphi_k) + e \sum_{k \ge t} \mathrm{softplus}(\varphi_k)",
    Source = "Kvamme and Borgan 2019, The Brier Score under Administrative Censoring, arXiv:1912.08581; pycox bce_surv_loss",
    Function = "bce_surv_loss"
)]
public sealed partial class BCESurvLoss : DiscreteSurvivalLoss
{
    /// <param name="phi">Logits of surviving until each interval (B, T).</param>
    /// <param name="idx_durations">The interval of the event or of censoring (B).</param>
    /// <param name="events">True where the event happened, false where censored (B).</param>
    /// <param name="reduction">None keeps one loss for each subject and interval (B, T), Mean averages them, Sum adds them up.</param>
    /// <param name="sample_weight">Weight of each subject (B). Mean divides by the sum of the weights of all entries.</param>
    static Tensor Compute(
        Tensor phi,
        Tensor idx_durations,
        Tensor events,
        Reduction reduction = Reduction.Mean,
        [Input] Tensor? sample_weight = null
    )
    {
        var (logits, happened) = Read(nameof(BCESurvLoss), phi, idx_durations, events, sample_weight);
        var before = After(logits, idx_durations - 1).logical_not();
        var gone = where(happened.unsqueeze(1), logits.Softplus(), zeros_like(logits));
        return where(before, (-logits).Softplus(), gone)
            .Reduce(reduction, sample_weight?.expand_as(happened).unsqueeze(1));
    }
}
