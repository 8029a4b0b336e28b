namespace TorchLoss;

/// <summary>Normal consistency: lets neighbouring faces of a mesh look the same way, so that its surface gets smooth.</summary>
/// <remarks>
/// Per pair of faces that share an edge <c>ℓ = 1 − cos θ</c>, in [0, 2], with θ the angle between their normals: 0 where the surface is flat, 2
/// where it folds back. The normals are taken from the edge and the two corners beside it, so the order of a face's corners
/// does not matter; an edge of k faces gives k(k − 1)/2 pairs. Lengths below 1e-8 count as 1e-8 in the cosine: a
/// face without area has a finite gradient. Without a shared edge the loss is 0.
/// </remarks>
[Loss(
    Family.Geometry,
    Formula = @"\frac{1}{|P|} \sum_{(a,b) \in P} 1 - \frac{n_a \cdot n_b}{\lVert n_a\rVert \lVert n_b\rVert}",
    Source = "Wang et al. 2018, Pixel2Mesh, arXiv:1804.01654, section 3.3; PyTorch3D, mesh_normal_consistency"
)]
public sealed partial class MeshNormalConsistencyLoss : MeshLoss
{
    /// <param name="reduction">None keeps one loss per pair of faces, Mean averages them, Sum adds them up.</param>
    static Tensor Compute(Tensor verts, Tensor faces, Reduction reduction = Reduction.Mean)
    {
        var mesh = Check(nameof(MeshNormalConsistencyLoss), verts, faces);
        var sides = mesh.Sides();
        var (first, second) = sides.Pairs();
        var start = mesh.At(sides.Low.index_select(0, first));
        var edge = mesh.At(sides.High.index_select(0, first)) - start;
        Tensor Normal(Tensor side) => linalg.cross(edge, mesh.At(sides.Apex.index_select(0, side)) - start, 1);

        // the two corners lie on opposite sides of the edge: on a flat surface the products have opposite signs
        return (1 + cosine_similarity(Normal(first), Normal(second), 1, 1e-8)).Reduce(reduction);
    }
}
