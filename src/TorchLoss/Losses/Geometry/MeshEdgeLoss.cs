namespace TorchLoss;

/// <summary>Mesh edge loss: keeps the edges of a deforming mesh at one length, so that no vertex flies off.</summary>
/// <remarks>
/// Per edge <c>ℓ = (‖v_i − v_j‖ − t)²</c>, in units of length squared, with the target length t; an edge that several faces
/// share counts once. An edge of length 0 has gradient 0. A mesh without faces costs 0.
/// </remarks>
[Loss(
    Family.Geometry,
    Formula = @"\frac{1}{|E|} \sum_{(i,j) \in E} (\lVert v_i - v_j\rVert - t)^2",
    Source = "Wang et al. 2018, Pixel2Mesh, arXiv:1804.01654, section 3.3; PyTorch3D, mesh_edge_loss"
)]
public sealed partial class MeshEdgeLoss : MeshLoss
{
    /// <param name="target_length">Wanted length t of an edge.</param>
    /// <param name="reduction">None keeps one loss per edge, by its vertices' indices; Mean averages them, Sum adds them up.</param>
    static Tensor Compute(
        Tensor verts,
        Tensor faces,
        [AtLeast(0)] double target_length = 0.0,
        Reduction reduction = Reduction.Mean
    )
    {
        var mesh = Check(nameof(MeshEdgeLoss), verts, faces);
        var (low, high) = mesh.Sides().Edges();
        return ((mesh.At(low) - mesh.At(high)).norm(1) - target_length).square().Reduce(reduction);
    }
}
