namespace TorchLoss;

/// <summary>Cross entropy against a whole distribution: what mixup, CutMix and soft labels need.</summary>
/// <remarks>
/// Per position <c>ℓ = −Σ_k target_k log p_k</c> (nats), p being the softmax of the logits over dimension 1. Targets need not sum
/// to 1. Shapes: input and target (N, C, *) → one loss for each of (N, *).
/// A class that is ruled out by a logit of −∞ costs nothing where its target is 0.
/// </remarks>
[Loss(
    Family.Classification,
    Formula = @"-\sum_k q_k \log p_k",
    Source = "Zhang, Cisse, Dauphin and Lopez-Paz 2018, mixup: Beyond Empirical Risk Minimization, arXiv:1710.09412, section 2",
    Aliases = "SoftTargetCrossEntropyLoss",
    BuiltIn = "CrossEntropyLoss"
)]
public sealed partial class SoftTargetCrossEntropy : LossModule2
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("input", "N C *", Role.Logits),
        new("target", "N C *", Role.BinaryTarget),
        new("sample_weight", "N *", Role.Weight) { Optional = true },
    ];

    /// <param name="weight">Weight of each class, shape (C); null weighs all the same. It does not change the mean's divisor.</param>
    /// <param name="sample_weight">Weight of each position, broadcast to (N, *); a bool mask counts as 0 and 1.</param>
    /// <param name="reduction">None keeps the positions' losses, Mean divides by their number or weights, Sum adds them up.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        Tensor? weight = null,
        [Input] Tensor? sample_weight = null,
        Reduction reduction = Reduction.Mean
    )
    {
        var losses = Losses(nameof(SoftTargetCrossEntropy), input, target, weight);
        InputCheck.BroadcastsTo(sample_weight, losses, nameof(SoftTargetCrossEntropy));
        return losses.Reduce(reduction, sample_weight);
    }

    /// <summary>Checks, and gives one loss a position (N, *).</summary>
    internal static Tensor Losses(string loss, Tensor input, Tensor target, Tensor? weight)
    {
        Check(loss, input, target, weight);
        var log_p = log_softmax(input.Upcast(), 1);
        var wanted = target.to(log_p.dtype);

        // 0 · log 0 is meant to be 0, and would be NaN
        var impossible = wanted.eq(0).logical_and(log_p.isinf());
        var terms = wanted * where(impossible, zeros_like(log_p), log_p);
        terms = weight is null ? terms : (terms.transpose(1, -1) * weight.to(terms.dtype)).transpose(1, -1);
        return -terms.sum(1);
    }

    /// <summary>Refuses everything but logits and distributions of one shape (N, C, *), and class weights that fit.</summary>
    internal static void Check(string loss, Tensor input, Tensor target, Tensor? weight)
    {
        InputCheck.Floating(input, loss);
        InputCheck.SameShape(target, input, loss);
        InputCheck.SameDevice(target, input, loss);
        if (input.dim() < 2)
        {
            throw new ArgumentException($"{loss}: input must be (N, C, *), got {input.Shape}.", nameof(input));
        }

        ClassIndexCheck.Weight(weight, input, input.shape[1], loss);
    }
}
