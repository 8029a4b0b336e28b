namespace TorchLoss;

/// <summary>Online hard example mining: cross entropy of the positions that the model gets wrong or is unsure of, and of no others.</summary>
/// <remarks>
/// Per position <c>ℓ = −w_y log p_y</c> (nats) where <c>p_y &lt; max(thres, v)</c>, else 0, with v the (min_kept + 1)-th smallest
/// p_y of the positions that count, or the largest if there are fewer. So at least min_kept positions are kept, but for ties; and
/// as the comparison is strict, with fewer positions than that the easiest drops out. The mean is over the positions kept;
/// class weights scale the losses but not the divisor. Which positions are kept has no gradient. Nothing kept gives 0.
/// </remarks>
[Loss(
    Family.Segmentation,
    Formula = @"\frac{1}{|K|} \sum_{i \in K} -w_{y_i} \log p_{i, y_i}, \quad K = \{i : p_{i, y_i} < \max(\theta, v)\}",
    Source = "Shrivastava, Gupta and Girshick 2016, Training Region-based Object Detectors with Online Hard Example Mining, arXiv:1604.03540; form: HRNet semantic segmentation",
    Aliases = "OhemCELoss",
    BuiltIn = "CrossEntropyLoss"
)]
public sealed partial class OhemCrossEntropyLoss : SoftmaxLoss
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static new IReadOnlyList<InputInfo> Inputs { get; } =
    [new("input", "N C *", Role.Logits), new("target", "N *", Role.ClassIndex)];

    /// <param name="ignore_label">Target value of positions that do not count.</param>
    /// <param name="thres">Probability of the right class below which a position is kept.</param>
    /// <param name="min_kept">How many positions of the batch are kept at least.</param>
    /// <param name="weight">Weight of each class, shape (C); null weighs all the same.</param>
    /// <param name="reduction">None keeps the losses of all positions (0 where dropped), Mean averages those kept, Sum adds up.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        long ignore_label = -1,
        [Between(0, 1)] double thres = 0.7,
        [AtLeast(0)] long min_kept = 100000,
        Tensor? weight = null,
        Reduction reduction = Reduction.Mean
    )
    {
        ClassIndexCheck.Run(input, target, null, weight, ignore_label, nameof(OhemCrossEntropyLoss));
        var plain = new SoftmaxWeights(null, null, ignore_label, MeanByClassWeight: false);
        var losses = Run(new CrossEntropyFormula(), input, target, plain, Reduction.None);
        if (losses.numel() == 0)
        {
            return losses.Reduce(reduction);
        }

        var kept = Kept(losses.detach(), target.ne(ignore_label), thres, min_kept);
        var weights = new SoftmaxWeights(weight, kept, ignore_label, MeanByClassWeight: false);
        return losses.ReducePositions(target, weights, reduction);
    }

    static Tensor Kept(Tensor losses, Tensor counts, double thres, long min_kept)
    {
        var p = (-losses).exp();

        // ignored positions come last; where the wanted rank falls on one, the largest of the others takes its place
        var ranked = p.masked_fill(~counts, 2).flatten();
        var (ranking, _) = ranked.kthvalue(Math.Min(min_kept, ranked.numel() - 1) + 1, 0);
        var largest = p.masked_fill(~counts, 0).max();
        return p.lt(minimum(ranking, largest).clamp_min(thres));
    }
}
