namespace TorchLoss;

/// <summary>Label-distribution-aware margin loss: cross entropy in which rare classes must win by a larger margin.</summary>
/// <remarks>
/// Cross entropy (nats) of <c>s · (input − m_y e_y)</c>: the target's logit is lowered by the margin of its class,
/// <c>m_c = max_m · (n_min / n_c)^(1/4)</c>, so the rarest class gets max_m. Made for logits that are cosines of normalised
/// features and weights, which is why they are scaled by s. With <c>weight</c> (set late in training: deferred re-weighting)
/// the mean divides by the summed weights of the targets, as in PyTorch's cross entropy.
/// </remarks>
[Loss(
    Family.Imbalance,
    Formula = @"-\log \frac{e^{s (x_y - m_y)}}{e^{s (x_y - m_y)} + \sum_{c \ne y} e^{s x_c}}, \quad m_c = m \Big(\frac{n_{\min}}{n_c}\Big)^{1/4}",
    Source = "Cao, Wei, Gaidon, Arechiga and Ma 2019, Learning Imbalanced Datasets with Label-Distribution-Aware Margin Loss, arXiv:1906.07413, eq. (13)",
    BuiltIn = "CrossEntropyLoss"
)]
public sealed partial class LDAMLoss : SoftmaxLoss
{
    /// <param name="cls_num_list">Samples of each class in the training data.</param>
    /// <param name="max_m">Margin of the rarest class, in units of the unscaled logits.</param>
    /// <param name="s">Scale of the logits: an inverse temperature.</param>
    /// <param name="weight">Weight of each class, shape (C); null weighs all the same.</param>
    /// <param name="ignore_index">Target value of samples that do not count.</param>
    /// <param name="reduction">
    /// None keeps the samples' losses, Sum adds them up, Mean divides by the weights of the samples that count (0 if none does).
    /// </param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        [ClassCounts] Tensor cls_num_list,
        [AtLeast(0)] double max_m = 0.5,
        [Positive] double s = 30,
        Tensor? weight = null,
        long ignore_index = -100,
        [Input] Tensor? sample_weight = null,
        Reduction reduction = Reduction.Mean
    )
    {
        ClassIndexCheck.Run(input, target, sample_weight, weight, ignore_index, nameof(LDAMLoss));
        ClassIndexCheck.Counts(cls_num_list, input, nameof(LDAMLoss));
        var scaled = input.Upcast() * s;
        var counts = cls_num_list.to(float64);
        var margin = ((counts.min() / counts).pow(0.25) * (s * max_m)).to(scaled.dtype);
        var index = target.ClassOrZero(ignore_index);
        var logits = scaled.scatter_add(1, index.unsqueeze(1), -margin.OfClass(index).unsqueeze(1));
        var weights = new SoftmaxWeights(weight, sample_weight, ignore_index, MeanByClassWeight: true);
        return Run(new CrossEntropyFormula(), logits, target, weights, reduction);
    }
}
