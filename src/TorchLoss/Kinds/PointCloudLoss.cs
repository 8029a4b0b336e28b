namespace TorchLoss;

/// <summary>A loss of clouds of points without order, padded to one size per batch.</summary>
/// <param name="reduction">How single losses become one value.</param>
public abstract class PointCloudLoss(Reduction reduction = Reduction.Mean) : LossModule2(reduction)
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("input", "N P D", Role.Points),
        new("target", "N Q D", Role.Points),
        new("x_lengths", "N", Role.Length) { Optional = true },
        new("y_lengths", "N", Role.Length) { Optional = true },
        new("weights", "N", Role.Weight) { Optional = true },
        new("x_normals", "N P D", Role.Points) { Optional = true },
        new("y_normals", "N Q D", Role.Points) { Optional = true },
    ];

    /// <summary>Checks two batches of clouds.</summary>
    /// <param name="loss">The loss, for messages.</param>
    /// <param name="input">The predicted points (N, P, D).</param>
    /// <param name="target">The wanted points (N, Q, D).</param>
    /// <param name="x_lengths">How many points of each predicted cloud count, (N), int64; null: all.</param>
    /// <param name="y_lengths">How many points of each wanted cloud count, (N), int64; null: all.</param>
    /// <param name="weights">Weight of each cloud, (N). The mean over clouds divides by their sum.</param>
    /// <param name="x_normals">Directions of the surface at the predicted points, (N, P, D).</param>
    /// <param name="y_normals">Directions of the surface at the wanted points, (N, Q, D).</param>
    private protected static (PointCloud X, PointCloud Y) Clouds(
        string loss,
        Tensor input,
        Tensor target,
        Tensor? x_lengths,
        Tensor? y_lengths,
        Tensor? weights,
        Tensor? x_normals,
        Tensor? y_normals
    )
    {
        InputCheck.Floating(input, loss);
        InputCheck.Floating(target, loss);
        InputCheck.SameDevice(target, input, loss);
        InputCheck.Dimensions(input, 3, "(N, P, D)", loss);
        InputCheck.Dimensions(target, 3, "(N, Q, D)", loss);
        if (input.shape[0] != target.shape[0] || input.shape[2] != target.shape[2])
        {
            throw new ArgumentException(
                $"{loss}: input (N, P, D) and target (N, Q, D) must agree in N and D, got {input.Shape} and {target.Shape}.",
                nameof(target)
            );
        }

        CheckLengths(loss, x_lengths, input, nameof(x_lengths));
        CheckLengths(loss, y_lengths, target, nameof(y_lengths));
        CheckNormals(loss, x_normals, input, nameof(x_normals));
        CheckNormals(loss, y_normals, target, nameof(y_normals));
        if (weights is not null && (weights.dim() != 1 || weights.shape[0] != input.shape[0]))
        {
            throw new ArgumentException(
                $"{loss}: weights must have one entry per cloud, ({input.shape[0]}), got {weights.Shape}.",
                nameof(weights)
            );
        }

        var x = input.Upcast();
        return (PointCloud.Of(x, x_lengths, x_normals), PointCloud.Of(target.to(x.dtype), y_lengths, y_normals));
    }

    static void CheckLengths(string loss, Tensor? lengths, Tensor points, string name)
    {
        if (lengths is null)
        {
            return;
        }

        InputCheck.Indices(lengths, loss, name);
        InputCheck.SameDevice(lengths, points, loss, name, "the points");
        if (lengths.dim() != 1 || lengths.shape[0] != points.shape[0])
        {
            throw new ArgumentException(
                $"{loss}: {name} must have one entry per cloud, ({points.shape[0]}), got {lengths.Shape}.",
                name
            );
        }

        InputCheck.IndexRange(lengths, points.shape[1] + 1, null, loss, name);
    }

    static void CheckNormals(string loss, Tensor? normals, Tensor points, string name)
    {
        if (normals is not null)
        {
            InputCheck.SameShape(normals, points, loss, name, "its points");
            InputCheck.SameDevice(normals, points, loss, name, "its points");
        }
    }
}

/// <summary>A batch of padded clouds.</summary>
/// <param name="Points">The points (N, P, D); padding is 0.</param>
/// <param name="Padding">Which points are padding, (N, P); null where none is.</param>
/// <param name="Sizes">How many points each cloud has, at least 1 so that one can divide by it; (N).</param>
/// <param name="Normals">Directions at the points, or null.</param>
readonly record struct PointCloud(Tensor Points, Tensor? Padding, Tensor Sizes, Tensor? Normals)
{
    const long DistancesAtOnce = 1 << 24;

    public static PointCloud Of(Tensor points, Tensor? lengths, Tensor? normals)
    {
        var (n, p) = (points.shape[0], points.shape[1]);
        var directions = normals?.to(points.dtype);
        if (lengths is null)
        {
            return new(points, null, full([n], Math.Max(1, p), dtype: points.dtype, device: points.device), directions);
        }

        // padding that holds NaN must not reach the gradient through a product with 0
        var padding = arange(p, device: points.device).unsqueeze(0).ge(lengths.unsqueeze(1));
        var outside = padding.unsqueeze(2);
        return new(
            points.masked_fill(outside, 0),
            padding,
            lengths.clamp_min(1).to(points.dtype),
            directions?.masked_fill(outside, 0)
        );
    }

    /// <summary>The index of the nearest point of another cloud for each of these, (N, P); what is nearest has no gradient.</summary>
    /// <remarks>
    /// From differences: |x|² + |y|² − 2xy finds wrong neighbours in float32 far from the origin. Distances that are stored come in
    /// blocks of at most 16 million.
    /// </remarks>
    public Tensor Nearest(PointCloud other, long norm)
    {
        var (from, to, missing) = (Points.detach(), other.Points.detach(), other.Padding);
        if (NearestPoints.Accepts(from, to))
        {
            return Tensors.Scoped(() => NearestPoints.Find(from, to, missing, norm));
        }

        var rows = Math.Max(1, DistancesAtOnce / Math.Max(1, to.shape[0] * to.shape[1]));
        return cat([.. from.split(rows, 1).Select(block => Nearest(block, to, missing, norm))], 1);
    }

    static Tensor Nearest(Tensor block, Tensor to, Tensor? missing, long norm) =>
        Tensors.Scoped(() =>
        {
            var distances = cdist(block, to, norm, compute_mode.donot_use_mm_for_euclid_dist);
            return missing is null
                ? distances.argmin(2)
                : distances.masked_fill(missing.unsqueeze(1), double.PositiveInfinity).argmin(2);
        });
}
