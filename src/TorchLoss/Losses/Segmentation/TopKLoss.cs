namespace TorchLoss;

/// <summary>Top-k loss: cross entropy of the hardest positions of the batch, so that plenty of easy background does not drown them.</summary>
/// <remarks>
/// The mean of the k percent largest of the N losses <c>ℓ = −w_y log p_y</c> (nats), ⌊N·k/100⌋ of them but at least one; ignored
/// positions count in N with a loss of 0. Class weights scale the losses, and which are largest, but not the divisor.
/// Of equal losses at the limit any may be taken.
/// </remarks>
[Loss(
    Family.Segmentation,
    Formula = @"\frac{1}{|K|} \sum_{i \in K} -w_{y_i} \log p_{i, y_i}, \quad |K| = \max(1, \lfloor N k / 100 \rfloor)",
    Source = "Wu, Shen and van den Hengel 2016, Bridging Category-level and Instance-level Semantic Image Segmentation, arXiv:1605.06885, section 3; form: nnU-Net",
    Function = "topk_loss",
    Aliases = "TopKCrossEntropyLoss",
    BuiltIn = "CrossEntropyLoss"
)]
public sealed partial class TopKLoss : SoftmaxLoss
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static new IReadOnlyList<InputInfo> Inputs { get; } =
    [new("input", "N C *", Role.Logits), new("target", "N *", Role.ClassIndex)];

    /// <param name="target">The class indices (N, *) or (N, 1, *), int64.</param>
    /// <param name="k">Percentage of the positions that is kept.</param>
    /// <param name="weight">Weight of each class, shape (C); null weighs all the same.</param>
    /// <param name="ignore_index">Target value of positions that do not count.</param>
    /// <param name="label_smoothing">Share of the target that is spread over all classes.</param>
    /// <param name="reduction">None keeps the losses of all positions (0 where dropped), Mean averages those kept, Sum adds up.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        [Between(0, 100, LowOpen = true)] double k = 10,
        Tensor? weight = null,
        long ignore_index = -100,
        [Between(0, 1)] double label_smoothing = 0.0,
        Reduction reduction = Reduction.Mean
    )
    {
        var labels =
            target.dim() == input.dim() && target.dim() > 1 && target.shape[1] == 1 ? target.squeeze(1) : target;
        ClassIndexCheck.Run(input, labels, null, weight, ignore_index, nameof(TopKLoss));
        var losses = Standard.CrossEntropyLoss.Invoke(
            input,
            labels,
            weight,
            ignore_index,
            Reduction.None,
            label_smoothing
        );
        if (losses.numel() == 0)
        {
            return losses.Reduce(reduction);
        }

        var kept = Hardest(losses.detach().flatten(), k).view(losses.shape);
        return losses.Reduce(reduction, kept);
    }

    static Tensor Hardest(Tensor losses, double k)
    {
        var count = Math.Max(1, (int)(losses.numel() * k / 100));
        var (_, hardest) = losses.topk(count, sorted: false);
        return zeros_like(losses).scatter_(0, hardest, ones_like(hardest, dtype: losses.dtype));
    }
}
