namespace TorchLoss;

/// <summary>Logit-adjusted cross entropy: what is merely frequent is no evidence, so that rare classes are predicted as well.</summary>
/// <remarks>
/// Cross entropy (nats) of <c>input + τ log π</c>, π_c being the share of class c in the training data. The adjustment belongs to
/// training only: predict from the bare logits, which then aim at balanced accuracy. With <c>weight</c> the mean divides by the
/// summed weights of the targets, as in PyTorch's cross entropy.
/// </remarks>
[Loss(
    Family.Imbalance,
    Formula = @"-\log \frac{\pi_y^{\tau} e^{x_y}}{\sum_c \pi_c^{\tau} e^{x_c}}",
    Source = "Menon, Jayasumana, Rawat, Jain, Veit and Kumar 2021, Long-tail Learning via Logit Adjustment, arXiv:2007.07314, eq. (10)",
    Aliases = "LogitAdjustmentLoss",
    BuiltIn = "CrossEntropyLoss"
)]
public sealed partial class LogitAdjustedLoss : AdjustedSoftmaxLoss
{
    /// <param name="cls_num_list">Samples of each class in the training data.</param>
    /// <param name="tau">Strength τ of the adjustment: 0 is plain cross entropy, 1 aims at balanced accuracy.</param>
    /// <param name="weight">Weight of each class, shape (C); null weighs all the same.</param>
    /// <param name="ignore_index">Target value of positions that do not count.</param>
    /// <param name="sample_weight">Weight of each position, broadcast to (N, *); a bool mask counts as 0 and 1.</param>
    /// <param name="reduction">
    /// None keeps the positions' losses, Sum adds them up, Mean divides by the weights of what counts (0 if nothing does).
    /// </param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        [ClassCounts] Tensor cls_num_list,
        [Finite] double tau = 1.0,
        Tensor? weight = null,
        long ignore_index = -100,
        [Input] Tensor? sample_weight = null,
        Reduction reduction = Reduction.Mean
    ) =>
        Evaluate(
            nameof(LogitAdjustedLoss),
            input,
            target,
            cls_num_list,
            new SoftmaxWeights(weight, sample_weight, ignore_index, MeanByClassWeight: true),
            reduction,
            share => (null, share.log() * tau)
        );
}
