namespace TorchLoss;

/// <summary>Laplacian smoothing: draws each vertex of a mesh to the middle of its neighbours.</summary>
/// <remarks>
/// Per vertex <c>ℓ = ‖δ_i‖</c>, in units of length (of curvature for cotcurv), with <c>δ_i = Σ_j w_ij v_j / Σ_j w_ij − v_i</c>. uniform: w_ij = 1 for
/// each neighbour. cot: w_ij is the sum of the cotangents of the angles that face the edge, which leaves vertices free to slide within
/// the surface. cotcurv: <c>δ_i = Σ_j w_ij (v_j − v_i) / (4 A_i)</c> with A_i the area of the faces at i, the mean curvature.
/// The weights are constants for the gradient, as in PyTorch3D, whose ways it keeps: a vertex without neighbours is
/// drawn to the origin, and where cotangents add up to a number below 0 it multiplies in place of dividing. Areas count as at least
/// 1e-6, so that a face without area has finite cotangents. A vertex in its place has gradient 0.
/// </remarks>
[Loss(
    Family.Geometry,
    Formula = @"\frac{1}{|V|} \sum_i \Big\lVert \frac{\sum_j w_{ij} v_j}{\sum_j w_{ij}} - v_i \Big\rVert",
    Source = "Desbrun, Meyer, Schröder and Barr 1999, doi:10.1145/311535.311576; Nealen, Igarashi, Sorkine and Alexa 2006; PyTorch3D, mesh_laplacian_smoothing"
)]
public sealed partial class MeshLaplacianSmoothingLoss : MeshLoss
{
    const double LeastArea = 1e-6;

    /// <param name="method">The weights of a vertex's neighbours.</param>
    /// <param name="reduction">None keeps one loss per vertex, Mean averages them, Sum adds them up.</param>
    static Tensor Compute(
        Tensor verts,
        Tensor faces,
        LaplacianMethod method = LaplacianMethod.Uniform,
        Reduction reduction = Reduction.Mean
    )
    {
        var mesh = Check(nameof(MeshLaplacianSmoothingLoss), verts, faces);
        var delta = method is LaplacianMethod.Uniform ? Uniform(mesh) : Cotangent(mesh, method);
        return delta.norm(1).Reduce(reduction);
    }

    static Tensor Uniform(Mesh mesh)
    {
        var (low, high) = mesh.Sides().Edges();
        var weights = ones(low.shape[0], dtype: mesh.Verts.dtype, device: mesh.Verts.device);
        var (sum, count) = Neighbours(mesh, low, high, weights);
        return sum / count.clamp_min(1) - mesh.Verts;
    }

    static Tensor Cotangent(Mesh mesh, LaplacianMethod method)
    {
        var (cotangents, areas) = Angles(new(mesh.Verts.detach(), mesh.Faces));
        var (a, b, c) = (mesh.Corner(0), mesh.Corner(1), mesh.Corner(2));
        var (sum, total) = Neighbours(mesh, cat([b, c, a]), cat([c, a, b]), cotangents);
        if (method is LaplacianMethod.Cot)
        {
            return sum * where(total.gt(0), total.reciprocal(), total) - mesh.Verts;
        }

        var at = zeros_like(total).index_add(0, mesh.Faces.t().reshape(-1), areas.repeat(3).unsqueeze(1), 1);
        return (sum - total * mesh.Verts) * (0.25 * where(at.gt(0), at.reciprocal(), at));
    }

    /// <summary>Σ w v over each vertex's neighbours (V, 3), and Σ w (V, 1); a weight counts for both ends.</summary>
    static (Tensor Sum, Tensor Total) Neighbours(Mesh mesh, Tensor one, Tensor other, Tensor weights)
    {
        var (at, neighbour) = (cat([one, other]), cat([other, one]));
        var w = cat([weights, weights]).unsqueeze(1);
        var sum = zeros_like(mesh.Verts).index_add(0, at, w * mesh.At(neighbour), 1);
        var total = zeros_like(mesh.Verts).narrow(1, 0, 1).contiguous().index_add(0, at, w, 1);
        return (sum, total);
    }

    /// <summary>Half the cotangents at each face's three corners, corner by corner (3F), and the areas (F).</summary>
    static (Tensor Cotangents, Tensor Areas) Angles(Mesh mesh)
    {
        Tensor[] corners = [mesh.At(mesh.Corner(0)), mesh.At(mesh.Corner(1)), mesh.At(mesh.Corner(2))];
        var areas = (linalg.cross(corners[1] - corners[0], corners[2] - corners[0], 1).norm(1) / 2).clamp_min(
            LeastArea
        );
        Tensor At(int i)
        {
            var (next, last) = (corners[(i + 1) % 3] - corners[i], corners[(i + 2) % 3] - corners[i]);
            return (next * last).sum(1) / (2 * areas);
        }

        return (cat([At(0), At(1), At(2)]), areas);
    }
}

/// <summary>How a vertex weighs its neighbours.</summary>
public enum LaplacianMethod
{
    /// <summary>All the same.</summary>
    Uniform,

    /// <summary>By the angles that face the edge.</summary>
    Cot,

    /// <summary>By these angles, over the area: mean curvature.</summary>
    Cotcurv,
}
