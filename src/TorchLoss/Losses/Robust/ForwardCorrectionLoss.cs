namespace TorchLoss;

/// <summary>Forward correction: what the model believes goes through the known errors of the labelling before it is compared.</summary>
/// <remarks>
/// Per position <c>ℓ = −log (p T)_y</c> (nats), T[i, j] being the probability that class i is labelled j; the identity gives cross entropy. The
/// model itself learns the true classes. Shapes: input (N, C, *), target (N, *), transition_matrix (C, C), rows adding up to 1.
/// Summed in logarithms, so that a belief that rounds to 0 costs its logit, not infinity.
/// </remarks>
[Loss(
    Family.Robust,
    Formula = @"-\log \sum_i p_i T_{iy}",
    Source = "Patrini, Rozza, Menon, Nock and Qu 2017, Making Deep Neural Networks Robust to Label Noise: a Loss Correction Approach, arXiv:1609.03683, theorem 2"
)]
public sealed partial class ForwardCorrectionLoss : LossModule3
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("input", "N C *", Role.Logits),
        new("target", "N *", Role.ClassIndex),
        new("transition_matrix", "C C", Role.Positive),
        new("sample_weight", "N *", Role.Weight) { Optional = true },
    ];

    /// <summary>What stands for log 0: infinity minus infinity would be NaN.</summary>
    const double LogZero = -1e30;

    /// <param name="ignore_index">Target value of positions that do not count.</param>
    /// <param name="sample_weight">Weight of each position, broadcast to (N, *); a bool mask counts as 0 and 1.</param>
    /// <param name="reduction">None keeps the positions' losses, Mean divides by those that count, Sum adds them up.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        Tensor transition_matrix,
        long ignore_index = -100,
        [Input] Tensor? sample_weight = null,
        Reduction reduction = Reduction.Mean
    )
    {
        const string loss = nameof(ForwardCorrectionLoss);
        ClassIndexCheck.Run(input, target, sample_weight, null, ignore_index, loss);
        InputCheck.Floating(transition_matrix, loss);
        InputCheck.SameDevice(transition_matrix, input, loss);
        InputCheck.Dimensions(transition_matrix, 2, "(C, C)", loss);
        InputCheck.Size(transition_matrix, 0, input.shape[1], "the classes of input", loss);
        InputCheck.Size(transition_matrix, 1, input.shape[1], "the classes of input", loss);
        var log_p = log_softmax(input.Upcast(), 1).movedim([1], [-1]);
        var t = transition_matrix.to(log_p.dtype).t();
        var possible = t.gt(0);
        var log_t = where(possible, where(possible, t, ones_like(t)).log(), full_like(t, LogZero));
        var index = target.ClassOrZero(ignore_index);
        var columns = log_t.index_select(0, index.flatten()).view([.. index.shape, input.shape[1]]);
        var weights = new SoftmaxWeights(null, sample_weight, ignore_index, MeanByClassWeight: false);
        return (-(log_p + columns).logsumexp(-1)).ReducePositions(target, weights, reduction);
    }
}
