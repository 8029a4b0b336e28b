namespace TorchLoss;

/// <summary>R-Drop: two runs of one batch under dropout have to be right, and to agree.</summary>
/// <remarks>
/// Per position <c>ℓ = CE(input1) + CE(input2) + α/2 · (KL(p₁ ‖ p₂) + KL(p₂ ‖ p₁))</c> (nats). Some code adds the divergences up over the
/// batch and averages the rest; here both are reduced alike. Shapes: both inputs (N, C, *), target (N, *).
/// </remarks>
[Loss(
    Family.Classification,
    Formula = @"-\log p_{1,y} - \log p_{2,y} + \tfrac{\alpha}{2} \big(\mathrm{KL}(p_1 \Vert p_2) + \mathrm{KL}(p_2 \Vert p_1)\big)",
    Source = "Liang, Wu, Li, Wang, Meng, Qin, Chen, Zhang and Liu 2021, R-Drop: Regularized Dropout for Neural Networks, arXiv:2106.14448",
    Function = "r_drop_loss"
)]
public sealed partial class RDropLoss : LossModule3
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [new("input1", "N C *", Role.Logits), new("input2", "N C *", Role.Logits), new("target", "N *", Role.ClassIndex)];

    /// <param name="alpha">Weight α of the disagreement.</param>
    /// <param name="ignore_index">Target value of positions that do not count.</param>
    /// <param name="reduction">None keeps the positions' losses (N, *), Mean divides by those that count, Sum adds up.</param>
    static Tensor Compute(
        Tensor input1,
        Tensor input2,
        Tensor target,
        [AtLeast(0)] double alpha = 5.0,
        long ignore_index = -100,
        Reduction reduction = Reduction.Mean
    )
    {
        const string loss = nameof(RDropLoss);
        ClassIndexCheck.Run(input1, target, null, null, ignore_index, loss);
        InputCheck.Floating(input2, loss);
        InputCheck.SameShape(input2, input1, loss);
        InputCheck.SameDevice(input2, input1, loss);
        var log_p = log_softmax(input1.Upcast(), 1);
        var log_q = log_softmax(input2.Upcast(), 1);
        var own = (log_p + log_q).gather(1, target.ClassOrZero(ignore_index).unsqueeze(1)).squeeze(1);
        var gap = DistillationLoss.Divergence(log_p, log_q) + DistillationLoss.Divergence(log_q, log_p);
        var weights = new SoftmaxWeights(null, null, ignore_index, MeanByClassWeight: false);
        return (gap.sum(1) * (0.5 * alpha) - own).ReducePositions(target, weights, reduction);
    }
}
