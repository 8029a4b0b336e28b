namespace TorchLoss;

/// <summary>Boundary loss: pulls the edge of a region to the wanted one, by how far each wrong position lies from it.</summary>
/// <remarks>
/// Per position and class <c>ℓ = p · φ</c>, φ being the signed distance to the boundary of the wanted region: positive outside,
/// at most 0 inside; in positions, or the unit of resolution. The loss is unbounded below zero in large regions and minimal for
/// the wanted ones. It says little about a region that is missed altogether, so it is used beside a loss of overlap, its weight
/// growing over the training. Distances are exact; they are computed on the CPU, and best once for each image, by
/// <c>DistanceMap.Signed</c>, in the data loader. A class that is absent, or fills the
/// image, has no boundary: 0.
/// </remarks>
[Loss(
    Family.Segmentation,
    Formula = @"\frac{1}{N} \sum_i p_i\, \phi_i",
    Source = "Kervadec, Bouchtiba, Desrosiers, Granger, Dolz and Ben Ayed 2019, Boundary loss for highly unbalanced segmentation, arXiv:1812.07032, eq. (5)",
    Aliases = "SurfaceLoss"
)]
public sealed partial class BoundaryLoss : RegionLoss
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static new IReadOnlyList<InputInfo> Inputs { get; } =
    [new("input", "N C *", Role.Probability), new("target", "N C *", Role.Target)];

    /// <param name="input">Probabilities (N, C, *), or scores where sigmoid or softmax is set.</param>
    /// <param name="target">
    /// Signed distance maps where floating point; regions of 0 and 1 where int64 or bool, whose maps are computed then. Both have
    /// the shape of input.
    /// </param>
    /// <param name="idc">The classes that count; null takes all.</param>
    /// <param name="resolution">
    /// Distance between neighbouring positions along each dimension of space; null: 1. Only for maps that are computed.
    /// </param>
    /// <param name="reduction">None keeps one loss per sample, class that counts, and position; Mean averages, Sum adds up.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        IReadOnlyList<long>? idc = null,
        bool softmax = false,
        bool sigmoid = false,
        [Positive] IReadOnlyList<double>? resolution = null,
        Reduction reduction = Reduction.Mean
    )
    {
        Check(input, target, idc, softmax, sigmoid);
        var p = Activate(input, sigmoid, softmax);
        var maps = target;
        if (idc is not null)
        {
            var chosen = tensor([.. idc], device: input.device);
            (p, maps) = (p.index_select(1, chosen), target.index_select(1, chosen));
        }

        maps = maps.is_floating_point() ? maps : DistanceMap.Signed(maps, resolution);
        return (p * maps.to(p.dtype)).Reduce(reduction);
    }

    static void Check(Tensor input, Tensor target, IReadOnlyList<long>? idc, bool softmax, bool sigmoid)
    {
        InputCheck.Floating(input, nameof(BoundaryLoss));
        InputCheck.SameShape(target, input, nameof(BoundaryLoss));
        InputCheck.SameDevice(target, input, nameof(BoundaryLoss));
        if (input.dim() < 2)
        {
            throw new ArgumentException(
                $"{nameof(BoundaryLoss)}: input must be (N, C, *), got {input.Shape}.",
                nameof(input)
            );
        }

        var channels = input.shape[1];
        CheckChannels(nameof(BoundaryLoss), channels, include_background: true, to_onehot_y: false, sigmoid, softmax);
        if (idc is { Count: 0 } || idc?.Any(c => c < 0 || c >= channels) == true)
        {
            throw new ArgumentException(
                $"{nameof(BoundaryLoss)}: idc must be at least one index in [0, {channels}), got [{string.Join(", ", idc)}].",
                nameof(idc)
            );
        }
    }
}
