namespace TorchLoss;

/// <summary>Earth mover's distance of point clouds: pairs the points up one to one and draws each to its partner, so that no region is left empty.</summary>
/// <remarks>
/// Per cloud <c>ℓ = min_φ 1/P Σ_i d(x_i, y_φ(i))</c> over all bijections φ of P points, with d the Euclidean distance (units of length) or
/// its square. Unlike <see cref="ChamferLoss"/> two points cannot share one partner. The bijection is found exactly, on
/// the CPU, with P³ steps at worst: meant for clouds of up to some thousand points. It has no gradient: points move
/// towards the partners they have, and a point that coincides with its partner has gradient 0.
/// </remarks>
[Loss(
    Family.Geometry,
    Formula = @"\min_{\phi} \frac{1}{P} \sum_i \lVert x_i - y_{\phi(i)}\rVert",
    Source = "Rubner, Tomasi and Guibas 2000, doi:10.1023/A:1026543900054; Fan, Su and Guibas 2017, A Point Set Generation Network, arXiv:1612.00603, section 3.2",
    Function = "emd_loss",
    Aliases = "EarthMoverDistanceLoss"
)]
public sealed partial class EMDLoss : PointCloudLoss
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static new IReadOnlyList<InputInfo> Inputs { get; } =
    [new("input", "N P D", Role.Points), new("target", "N P D", Role.Points)];

    /// <param name="squared">Squared distances, which weigh far pairs more; they also choose the bijection.</param>
    /// <param name="point_reduction">How the pairs of a cloud become one value; the bijection is that of the smallest sum in any case.</param>
    /// <param name="reduction">None keeps one loss per cloud, Mean averages them, Sum adds them up.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        bool squared = false,
        PointReduction point_reduction = PointReduction.Mean,
        Reduction reduction = Reduction.Mean
    )
    {
        const string loss = nameof(EMDLoss);
        InputCheck.SameShape(target, input, loss);
        var (clouds, others) = Clouds(loss, input, target, null, null, null, null, null);
        var (x, y) = (clouds.Points, others.Points);
        if (x.numel() == 0)
        {
            return (x.sum(1, 2) + y.sum(1, 2)).Reduce(reduction);
        }

        var difference = x - y.gather(1, Partners(x, y, squared).unsqueeze(2).expand_as(y));
        var distances = squared ? difference.square().sum(2) : difference.norm(2);
        var losses = point_reduction switch
        {
            PointReduction.Max => distances.max(1).values,
            PointReduction.Sum => distances.sum(1),
            _ => distances.mean([1]),
        };
        return losses.Reduce(reduction);
    }

    /// <summary>Which wanted point belongs to each predicted one, (N, P).</summary>
    static Tensor Partners(Tensor x, Tensor y, bool squared) =>
        Tensors.Scoped(() =>
        {
            // in float64 and from differences: the products of a faster form cancel for points that are close
            var (a, b) = (x.detach().to(ScalarType.Float64), y.detach().to(ScalarType.Float64));
            var distances = cdist(a, b, 2, compute_mode.donot_use_mm_for_euclid_dist);
            return LinearAssignment.Solve(squared ? distances.square() : distances);
        });
}
