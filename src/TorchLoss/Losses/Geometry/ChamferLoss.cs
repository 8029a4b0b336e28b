namespace TorchLoss;

/// <summary>Chamfer loss: draws each predicted point to its nearest wanted point, and a predicted point to each wanted one.</summary>
/// <remarks>
/// Per cloud <c>ℓ = mean_x min_y d(x, y) + mean_y min_x d(x, y)</c>, with d the squared Euclidean distance (units of length
/// squared; norm 2) or the sum of absolute differences (norm 1). This is PyTorch3D's scale: others halve the sum or take the root.
/// With point_reduction max it is the larger of the two directed Hausdorff distances. Normals add
/// <c>normals_weight · (1 − |cos|)</c> of the angle to the nearest point's normal. Which point is nearest has no gradient, so a
/// point that coincides with its neighbour has gradient 0. Clouds without points on either side, and batches whose weights are
/// all 0, cost 0.
/// </remarks>
[Loss(
    Family.Geometry,
    Formula = @"\frac{1}{P} \sum_x \min_y d(x, y) + \frac{1}{Q} \sum_y \min_x d(x, y)",
    Source = "Fan, Su and Guibas 2017, A Point Set Generation Network, arXiv:1612.00603, section 3.2",
    Aliases = "ChamferDistanceLoss"
)]
public sealed partial class ChamferLoss : PointCloudLoss
{
    /// <param name="norm">2: squared Euclidean distance; 1: sum of absolute differences.</param>
    /// <param name="point_reduction">How the points of a cloud become one value.</param>
    /// <param name="batch_reduction">How clouds become one value; null (or None) keeps one loss per cloud.</param>
    /// <param name="single_directional">Only draws predicted points to wanted ones: wanted points may be left out.</param>
    /// <param name="normals_weight">Weight of the angle between normals, where both clouds have them; null leaves them out.</param>
    /// <param name="abs_cosine">Normals of opposite directions count as equal.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        [Between(1, 2)] long norm = 2,
        PointReduction point_reduction = PointReduction.Mean,
        Reduction? batch_reduction = Reduction.Mean,
        bool single_directional = false,
        [AtLeast(0)] double? normals_weight = null,
        bool abs_cosine = true,
        [Input] Tensor? x_lengths = null,
        [Input] Tensor? y_lengths = null,
        [Input] Tensor? weights = null,
        [Input] Tensor? x_normals = null,
        [Input] Tensor? y_normals = null
    )
    {
        CheckNormals(x_normals, y_normals, normals_weight, point_reduction);
        var (x, y) = Clouds(nameof(ChamferLoss), input, target, x_lengths, y_lengths, weights, x_normals, y_normals);
        var angle = normals_weight ?? 0;
        var losses = Directed(x, y, norm, point_reduction, angle, abs_cosine);
        if (!single_directional)
        {
            var back = Directed(y, x, norm, point_reduction, angle, abs_cosine);
            losses = point_reduction is PointReduction.Max ? maximum(losses, back) : losses + back;
        }

        return losses.Reduce(batch_reduction ?? Reduction.None, weights);
    }

    /// <summary>From each point to its nearest neighbour in the other cloud, reduced to one value per cloud.</summary>
    static Tensor Directed(
        PointCloud from,
        PointCloud to,
        long norm,
        PointReduction reduction,
        double normals_weight,
        bool abs_cosine
    )
    {
        if (from.Points.shape[1] == 0 || to.Points.shape[1] == 0)
        {
            return (from.Points.sum(1, 2) + to.Points.sum(1, 2)) * 0;
        }

        var nearest = from.Nearest(to, norm).unsqueeze(2).expand_as(from.Points);
        var difference = from.Points - to.Points.gather(1, nearest);
        var distances = (norm == 1 ? difference.abs() : difference.square()).sum(2);
        if (normals_weight > 0)
        {
            var cosine = cosine_similarity(from.Normals!, to.Normals!.gather(1, nearest), 2, 1e-6);
            distances += normals_weight * (1 - (abs_cosine ? cosine.abs() : cosine));
        }

        distances = WithoutPadding(distances, from, to);
        return reduction switch
        {
            PointReduction.Max => distances.max(1).values,
            PointReduction.Sum => distances.sum(1),
            _ => distances.sum(1) / from.Sizes,
        };
    }

    /// <summary>0 for padding, and where the other cloud has no point at all.</summary>
    static Tensor WithoutPadding(Tensor distances, PointCloud from, PointCloud to)
    {
        var own = from.Padding is { } padding ? distances.masked_fill(padding, 0) : distances;
        return to.Padding is { } others ? own.masked_fill(others.all(1, keepdim: true), 0) : own;
    }

    static void CheckNormals(
        Tensor? x_normals,
        Tensor? y_normals,
        double? normals_weight,
        PointReduction point_reduction
    )
    {
        if (!(normals_weight > 0))
        {
            return;
        }

        if (x_normals is null || y_normals is null)
        {
            var missing = x_normals is null ? nameof(x_normals) : nameof(y_normals);
            throw new ArgumentException(
                $"{nameof(ChamferLoss)}: normals_weight is set, but {missing} is missing.",
                missing
            );
        }

        if (point_reduction is PointReduction.Max)
        {
            throw new ArgumentException(
                $"{nameof(ChamferLoss)}: point_reduction max and normals exclude each other.",
                nameof(point_reduction)
            );
        }
    }
}

/// <summary>How the points of a cloud become one value.</summary>
public enum PointReduction
{
    /// <summary>Their mean.</summary>
    Mean,

    /// <summary>Their sum.</summary>
    Sum,

    /// <summary>The worst point alone, as in the Hausdorff distance.</summary>
    Max,
}
