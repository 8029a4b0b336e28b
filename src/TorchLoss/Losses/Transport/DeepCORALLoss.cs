namespace TorchLoss;

/// <summary>Deep CORAL: makes the features of two domains vary and go together in the same way.</summary>
/// <remarks>
/// <c>ℓ = |C_s − C_t|²_F / (4 D²)</c> with the covariances C (divided by N − 1) of source and target; in units of the features to
/// the fourth. Means play no part. A domain of fewer than two samples has no covariance, and the loss is 0.
/// </remarks>
[Loss(
    Family.Transport,
    Formula = @"\frac{1}{4 D^2} \lVert C_s - C_t \rVert_F^2",
    Source = "Sun and Saenko 2016, Deep CORAL: Correlation Alignment for Deep Domain Adaptation, arXiv:1607.01719, eq. (1)",
    Function = "deep_coral_loss",
    Aliases = "CORALLoss"
)]
public sealed partial class DeepCORALLoss : SampleLoss
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static new IReadOnlyList<InputInfo> Inputs { get; } =
    [new("source", "N D", Role.Embedding), new("target", "M D", Role.Embedding)];

    /// <param name="source">Features of one domain (N, D).</param>
    /// <param name="target">Features of the other (M, D).</param>
    static Tensor Compute(Tensor source, Tensor target)
    {
        var (s, t) = Check(nameof(DeepCORALLoss), source, target);
        if (Math.Min(s.shape[0], t.shape[0]) < 2)
        {
            return (s.sum() + t.sum()) * 0;
        }

        var d = Math.Max(1.0, s.shape[1]);
        return (Covariance(s) - Covariance(t)).square().sum() / (4 * d * d);
    }

    static Tensor Covariance(Tensor samples)
    {
        var centred = samples - samples.mean([0], keepdim: true);
        return centred.t().mm(centred) / (samples.shape[0] - 1);
    }
}
