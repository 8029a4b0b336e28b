namespace TorchLoss;

/// <summary>Soft F1: trains the F1 score of each label, with probabilities in place of decisions.</summary>
/// <remarks>
/// <c>ℓ = mean_c (1 − 2 tp / (2 tp + fp + fn + ε))</c>, without unit, with the soft counts <c>tp = Σ p y</c>, <c>fp = Σ p (1 − y)</c> and
/// <c>fn = Σ (1 − p) y</c> of label c over the batch, p = σ(x). It is the macro average; the batch should hold each label often.
/// A label that neither occurs nor is predicted costs 1.
/// </remarks>
[Loss(
    Family.MultiLabel,
    Formula = @"\frac{1}{C} \sum_c \left( 1 - \frac{2\,\mathrm{tp}_c}{2\,\mathrm{tp}_c + \mathrm{fp}_c + \mathrm{fn}_c + \varepsilon} \right)",
    Source = "Maiza 2019, The Unknown Benefits of Using a Soft-F1 Loss in Classification Systems; pytorch-toolbelt soft_micro_f1",
    Function = "soft_f1_loss"
)]
public sealed partial class SoftF1Loss : LossModule2
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [new("input", "N C", Role.Logits), new("target", "N C", Role.BinaryTarget)];

    /// <param name="input">The scores (N, C).</param>
    /// <param name="target">The labels in [0, 1] (N, C).</param>
    /// <param name="eps">Added to the divisor.</param>
    static Tensor Compute(Tensor input, Tensor target, [Positive] double eps = 1e-6)
    {
        const string loss = nameof(SoftF1Loss);
        InputCheck.Floating(input, loss);
        InputCheck.Dimensions(input, 2, "(N, C)", loss);
        InputCheck.SameShape(target, input, loss);
        InputCheck.SameDevice(target, input, loss);
        var p = input.Upcast().sigmoid();
        var y = target.to(p.dtype);
        var hits = (p * y).sum(dim: 0) * 2;
        var misses = (p * (1 - y) + (1 - p) * y).sum(dim: 0);
        return input.numel() == 0 ? p.sum() : ((misses + eps) / (hits + misses + eps)).mean();
    }
}
