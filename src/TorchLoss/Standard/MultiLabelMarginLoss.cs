namespace TorchLoss.Standard;

/// <summary>Hinge loss of label sets: every label of a sample must score higher than every other class by 1.</summary>
/// <remarks>
/// Per sample <c>ℓ = 1/C · Σ_{j∈Y} Σ_{i∉Y} max(0, 1 − x_j + x_i)</c>, in the scores' units. A row of targets lists the labels Y and
/// ends at the first −1; what follows does not count. A sample without labels has loss 0.
/// A NaN score gives NaN (the native kernel skips it), and the loss can be differentiated twice. Memory is N · C times the
/// largest number of labels. Shapes: (N, C) with (N, C), or (C) with (C).
/// </remarks>
[Loss(
    Family.Standard,
    Formula = @"\frac{1}{C} \sum_{j \in Y} \sum_{i \notin Y} \max(0,\, 1 - x_j + x_i)",
    Source = "PyTorch torch.nn.MultiLabelMarginLoss",
    Function = "multilabel_margin_loss",
    BuiltIn = "MultiLabelMarginLoss"
)]
public sealed partial class MultiLabelMarginLoss : StandardClass
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static new IReadOnlyList<InputInfo> Inputs { get; } =
    [new("input", "N C", Role.Logits), new("target", "N C", Role.ClassIndex)];

    /// <param name="input">Scores, (N, C) or (C).</param>
    /// <param name="target">Labels, the shape of input, int64, each row ended by −1.</param>
    /// <param name="reduction">None keeps the single losses, Mean averages them (NaN where there are none), Sum adds them up.</param>
    static Tensor Compute(Tensor input, Tensor target, Reduction reduction = Reduction.Mean)
    {
        Check(input, target);
        var (x, y) = input.dim() == 1 ? (input.unsqueeze(0), target.unsqueeze(0)) : (input, target);
        var losses = PerSample(x.Upcast(), y);
        return (input.dim() == 1 ? losses.squeeze(0) : losses).Fold(reduction);
    }

    static void Check(Tensor input, Tensor target)
    {
        InputCheck.Floating(input, nameof(MultiLabelMarginLoss));
        InputCheck.SameShape(target, input, nameof(MultiLabelMarginLoss));
        InputCheck.SameDevice(target, input, nameof(MultiLabelMarginLoss));
        InputCheck.Indices(target, nameof(MultiLabelMarginLoss));
        if (input.dim() is not (1 or 2))
        {
            throw new ArgumentException(
                $"MultiLabelMarginLoss: input must be (N, C) or (C), got {input.Shape}.",
                nameof(input)
            );
        }

        // −1 ends a row and may also fill the rest of it
        InputCheck.IndexRange(target, input.shape[^1], -1, nameof(MultiLabelMarginLoss));
    }

    static Tensor PerSample(Tensor x, Tensor y)
    {
        var counts = y.eq(-1).cumsum(1).eq(0);
        var width = y.numel() == 0 ? 0 : counts.sum(1).max().item<long>();
        var labels = counts.narrow(1, 0, width);
        var index = where(labels, y.narrow(1, 0, width), zeros(1, ScalarType.Int64, x.device));
        var is_label = zeros_like(y).scatter_add(1, index, labels.to(ScalarType.Int64)).gt(0);

        // (N, labels, C); relu: at a shortfall of exactly 0 the gradient is 0
        var shortfall = (1 - x.gather(1, index).unsqueeze(2) + x.unsqueeze(1)).relu();
        var pair = labels.unsqueeze(2).logical_and(is_label.logical_not().unsqueeze(1));
        return where(pair, shortfall, zeros_like(shortfall)).sum([1, 2]) / x.shape[1];
    }
}
