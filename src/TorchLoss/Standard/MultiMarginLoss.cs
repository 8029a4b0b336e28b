namespace TorchLoss.Standard;

/// <summary>Hinge loss of exclusive classes: the right class must score higher than every other by a margin.</summary>
/// <remarks>
/// Per sample <c>ℓ = w_y / C · Σ_{i≠y} max(0, m − x_y + x_i)^p</c>, in the scores' units to the power p. The mean divides by N,
/// whatever the weights. A NaN score gives NaN (the native kernel skips it), and the loss can be differentiated twice.
/// Shapes: (N, C) with (N), or (C) with ().
/// </remarks>
[Loss(
    Family.Standard,
    Formula = @"\frac{w_y}{C} \sum_{i \ne y} \max(0,\, m - x_y + x_i)^p",
    Source = "Crammer and Singer 2001, On the Algorithmic Implementation of Multiclass Kernel-based Vector Machines, JMLR 2; PyTorch torch.nn.MultiMarginLoss",
    Function = "multi_margin_loss",
    BuiltIn = "MultiMarginLoss"
)]
public sealed partial class MultiMarginLoss : StandardClass
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static new IReadOnlyList<InputInfo> Inputs { get; } =
    [new("input", "N C", Role.Logits), new("target", "N", Role.ClassIndex)];

    /// <param name="input">Scores, (N, C) or (C).</param>
    /// <param name="target">Class indices, (N) or (), int64.</param>
    /// <param name="p">Power of each shortfall, 1 or 2.</param>
    /// <param name="margin">By how much the right class should score higher than any other.</param>
    /// <param name="weight">Weight of each class, shape (C); null weighs all the same.</param>
    /// <param name="reduction">None keeps the single losses, Mean averages them (NaN where there are none), Sum adds them up.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        [Between(1, 2)] long p = 1,
        [Finite] double margin = 1.0,
        Tensor? weight = null,
        Reduction reduction = Reduction.Mean
    )
    {
        if (input.dim() > 2)
        {
            throw new ArgumentException(
                $"MultiMarginLoss: input must be (N, C) or (C), got {input.Shape}.",
                nameof(input)
            );
        }

        var scores = ClassScores.Check(input, target, weight, null, nameof(MultiMarginLoss));
        var (x, y) = (scores.Input.Upcast(), scores.Target.unsqueeze(1));
        var classes = x.shape[1];

        // relu: at a shortfall of exactly 0 the gradient is 0
        var shortfall = (margin - x.gather(1, y) + x).relu();
        var rival = arange(classes, device: x.device).ne(y);
        var penalty = where(rival, p == 2 ? shortfall.square() : shortfall, zeros_like(shortfall));
        var losses = penalty.sum(1) / classes;
        losses = weight is null ? losses : losses * weight.to(x.dtype).index_select(0, scores.Target);
        return scores.Unbatch(losses).Fold(reduction);
    }
}
