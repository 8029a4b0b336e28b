namespace TorchLoss;

/// <summary>Distribution focal loss: learns the distance of a box edge as a distribution over bins, sharp about the true distance.</summary>
/// <remarks>
/// Per edge <c>ℓ = −(r − y) log p_l − (y − l) log p_r</c> (nats), with the true distance y in bins, l = ⌊y⌋ and r = l + 1 the bins on
/// either side, and p the softmax over the bins 0, ..., n. A distance of exactly n is allowed (elsewhere it is an index out of
/// range). Four edges a box are four rows.
/// </remarks>
[Loss(
    Family.Detection,
    Formula = @"-(r - y) \log p_l - (y - l) \log p_r, \quad l = \lfloor y \rfloor,\; r = l + 1",
    Source = "Li et al. 2020, Generalized Focal Loss, arXiv:2006.04388, eq. (6)",
    Aliases = "DFLoss"
)]
public sealed partial class DistributionFocalLoss : LossModule2
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("input", "N C", Role.Logits),
        new("target", "N", Role.BinPosition),
        new("sample_weight", "N", Role.Weight) { Optional = true },
    ];

    /// <param name="input">Scores of the bins (N, n + 1).</param>
    /// <param name="target">Distances (N) in [0, n].</param>
    /// <param name="reduction">None keeps one loss per edge, Mean averages them, Sum adds them up.</param>
    /// <param name="clamp">Limits distances to [0, n − 0.01] instead of refusing others, as ultralytics does.</param>
    /// <param name="sample_weight">Weight of each edge (N). Mean divides by the sum of the weights.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        Reduction reduction = Reduction.Mean,
        bool clamp = false,
        [Input] Tensor? sample_weight = null
    )
    {
        Check(input, target, sample_weight);
        var last = input.shape[1] - 1;
        var log_p = log_softmax(input.Upcast(), 1);
        var y = clamp ? target.to(log_p.dtype).clamp(0, last - 0.01) : InRange(target, last).to(log_p.dtype);
        var left = y.detach().floor().to(ScalarType.Int64).clamp(0, last - 1);
        var near = log_p.gather(1, stack([left, left + 1], 1));
        var share = y - left;
        var losses = -(near.select(1, 0) * (1 - share) + near.select(1, 1) * share);
        return losses.Reduce(reduction, sample_weight);
    }

    static void Check(Tensor input, Tensor target, Tensor? sample_weight)
    {
        InputCheck.Floating(input, nameof(DistributionFocalLoss));
        InputCheck.Floating(target, nameof(DistributionFocalLoss));
        InputCheck.SameDevice(target, input, nameof(DistributionFocalLoss));
        InputCheck.Dimensions(input, 2, "(N, n + 1)", nameof(DistributionFocalLoss));
        InputCheck.Dimensions(target, 1, "(N)", nameof(DistributionFocalLoss));
        InputCheck.Size(target, 0, input.shape[0], "N of input", nameof(DistributionFocalLoss));
        InputCheck.BroadcastsTo(sample_weight, target, nameof(DistributionFocalLoss));
        if (input.shape[1] < 2)
        {
            throw new ArgumentException(
                $"{nameof(DistributionFocalLoss)}: input must have two bins or more, got {input.Shape}.",
                nameof(input)
            );
        }
    }

    /// <summary>The target, refused where a distance lies outside of the bins (on the CPU, where looking costs nothing).</summary>
    static Tensor InRange(Tensor target, long last)
    {
        if (target.device_type is not DeviceType.CPU || target.numel() == 0)
        {
            return target;
        }

        var (low, high) = target.detach().to(ScalarType.Float64).aminmax();
        var (min, max) = (low.item<double>(), high.item<double>());
        return min >= 0 && max <= last
            ? target
            : throw new ArgumentException(
                $"{nameof(DistributionFocalLoss)}: target must lie in [0, {last}] (bins of input), got values from {min} to {max}.",
                nameof(target)
            );
    }
}
