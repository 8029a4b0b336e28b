namespace TorchLoss;

/// <summary>Balanced softmax: trains as if all classes were equally frequent, without weights or resampling.</summary>
/// <remarks>
/// Cross entropy (nats) of <c>input + log n</c>, n_c being the samples of class c in the training data: the logit-adjusted loss with
/// τ = 1, for a factor common to all classes cancels. The adjustment belongs to training only: predict from the bare logits.
/// </remarks>
[Loss(
    Family.Imbalance,
    Formula = @"-\log \frac{n_y e^{x_y}}{\sum_c n_c e^{x_c}}",
    Source = "Ren, Yu, Sheng, Ma, Zhao, Yi and Li 2020, Balanced Meta-Softmax for Long-Tailed Visual Recognition, arXiv:2007.10740",
    BuiltIn = "CrossEntropyLoss"
)]
public sealed partial class BalancedSoftmaxLoss : AdjustedSoftmaxLoss
{
    /// <param name="cls_num_list">Samples of each class in the training data.</param>
    /// <param name="ignore_index">Target value of positions that do not count.</param>
    /// <param name="sample_weight">Weight of each position, broadcast to (N, *); a bool mask counts as 0 and 1.</param>
    /// <param name="reduction">None keeps the positions' losses, Mean divides by those that count, Sum adds them up.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        [ClassCounts] Tensor cls_num_list,
        long ignore_index = -100,
        [Input] Tensor? sample_weight = null,
        Reduction reduction = Reduction.Mean
    ) =>
        Evaluate(
            nameof(BalancedSoftmaxLoss),
            input,
            target,
            cls_num_list,
            new SoftmaxWeights(null, sample_weight, ignore_index, MeanByClassWeight: false),
            reduction,
            share => (null, share.log())
        );
}
