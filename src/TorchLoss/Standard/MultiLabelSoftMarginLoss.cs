namespace TorchLoss.Standard;

/// <summary>Binary cross entropy of a set of labels, averaged over the labels of each sample.</summary>
/// <remarks>
/// Per sample <c>ℓ = 1/C · Σ_k w_k (t_k softplus(−x_k) + (1 − t_k) softplus(x_k))</c> (nats), over the last dimension. The terms
/// are those of <c>BCEWithLogitsLoss</c>, which keeps the digits of confident right answers. Weights do not enter a divisor.
/// Shapes: (N, C) or (C), and any further dimensions before C.
/// </remarks>
[Loss(
    Family.Standard,
    Formula = @"-\frac{1}{C} \sum_k w_k \big(t_k \log \sigma(x_k) + (1 - t_k) \log(1 - \sigma(x_k))\big)",
    Source = "PyTorch torch.nn.MultiLabelSoftMarginLoss",
    Function = "multilabel_soft_margin_loss",
    BuiltIn = "MultiLabelSoftMarginLoss"
)]
public sealed partial class MultiLabelSoftMarginLoss : StandardPointwise
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static new IReadOnlyList<InputInfo> Inputs { get; } =
    [new("input", "N C", Role.Logits), new("target", "N C", Role.BinaryTarget)];

    /// <param name="input">The logits, (N, C) or (C).</param>
    /// <param name="target">The labels in [0, 1], the shape of input.</param>
    /// <param name="weight">Weight of each class, broadcast to the terms; null weighs all the same.</param>
    /// <param name="reduction">None keeps the losses of the samples, Mean averages them (NaN where there are none), Sum adds them up.</param>
    static Tensor Compute(Tensor input, Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean)
    {
        var (x, t) = Operands.Pair(input, target, nameof(MultiLabelSoftMarginLoss));
        if (x.dim() == 0 || x.shape[^1] == 0)
        {
            throw new ArgumentException(
                $"MultiLabelSoftMarginLoss: input must be (N, C) or (C) with at least one class, got {input.Shape}.",
                nameof(input)
            );
        }

        InputCheck.BroadcastsTo(weight, x, nameof(MultiLabelSoftMarginLoss));
        var terms = StandardEngine.Evaluate(new BCEWithLogitsLoss.Formula(), x, t, weight, reduction);
        return reduction switch
        {
            Reduction.Mean => terms,
            Reduction.Sum => terms / x.shape[^1],
            _ => terms.mean([-1]),
        };
    }
}
