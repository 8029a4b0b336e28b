namespace TorchLoss.Tests.Losses.Geometry;

/// <summary>Meshes: shared edges, flat and folded surfaces, weights by hand, faces without area.</summary>
public class MeshLossTests
{
    static readonly Tensor Square = tensor([0.0, 0, 0, 2, 0, 0, 2, 1, 0, 0, 1, 0]).view(4, 3);
    static readonly Tensor TwoFaces = tensor([0L, 1, 2, 0, 2, 3]).view(2, 3);

    [Fact]
    public void An_edge_of_two_faces_counts_once()
    {
        var losses = nn.functional.mesh_edge_loss(Square, TwoFaces, 1, Reduction.None);

        // edges 01, 02, 03, 12, 23
        Assert.Equal([1, Math.Pow(Math.Sqrt(5) - 1, 2), 0, 0, 1], losses.Values(), (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(-1, 0)]
    [InlineData(0, 2)]
    public void A_flat_surface_costs_nothing_and_a_folded_one_two(int orientation, double expected)
    {
        var verts = Square.clone();
        var faces = orientation < 0 ? tensor([0L, 1, 2, 2, 0, 3]).view(2, 3).flip(1) : TwoFaces;
        if (expected > 0)
        {
            verts[3] = verts[1];
        }

        Assert.Equal(expected, nn.functional.mesh_normal_consistency_loss(verts, faces).Value(), 12);
    }

    [Fact]
    public void Three_faces_at_one_edge_are_three_pairs()
    {
        var verts = tensor([0.0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, -1, 0]).view(5, 3);
        var faces = tensor([0L, 1, 2, 0, 1, 3, 0, 1, 4]).view(3, 3);
        var losses = nn.functional.mesh_normal_consistency_loss(verts, faces, Reduction.None);

        // neighbours at a right angle twice, the flat pair once
        Assert.Equal([0, 1, 1], losses.Values().Order(), (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [Fact]
    public void Uniform_weights_measure_the_way_to_the_middle_of_the_neighbours()
    {
        var losses = nn.functional.mesh_laplacian_smoothing_loss(Square, TwoFaces, reduction: Reduction.None);

        // vertex 0 has neighbours 1, 2, 3 with their middle at (4/3, 2/3); vertex 1 has 0 and 2 with (1, 1/2)
        Assert.Equal(Math.Sqrt(20) / 3, losses[0].Value(), 12);
        Assert.Equal(Math.Sqrt(1.25), losses[1].Value(), 12);
    }

    [Theory]
    [InlineData(LaplacianMethod.Cot)]
    [InlineData(LaplacianMethod.Cotcurv)]
    public void Cotangents_leave_a_vertex_alone_that_lies_in_the_plane_of_its_neighbours(LaplacianMethod method)
    {
        // a fan of five triangles round vertex 0, which lies off the middle but in their plane
        var angles = arange(5, dtype: ScalarType.Float64) * (2 * Math.PI / 5);
        var rim = stack([angles.cos(), angles.sin(), zeros_like(angles)], 1);
        var verts = cat([tensor([0.2, 0.1, 0.0]).view(1, 3), rim]);
        var next = arange(5, dtype: ScalarType.Int64);
        var faces = stack([zeros_like(next), next + 1, (next + 1).remainder(5) + 1], 1);
        Tensor Loss(Tensor v) => nn.functional.mesh_laplacian_smoothing_loss(v, faces, method, Reduction.None);

        Assert.Equal(0, Loss(verts)[0].Value(), 12);
        Assert.True(
            nn.functional.mesh_laplacian_smoothing_loss(verts, faces, reduction: Reduction.None)[0].Value() > 0.2
        );

        // the weights are constants: the gradient is that of a norm with weights held fixed
        var lifted = verts.clone();
        lifted[0, 2] = 0.3;
        var height = Numbers.Gradient(lifted, v => Loss(v)[0])[0, 2].Value();
        Assert.Equal(Loss(lifted)[0].Value() / 0.3, height, 1e-1);
    }

    [Fact]
    public void Faces_without_area_and_edges_without_length_have_finite_gradients()
    {
        var verts = zeros([4, 3], ScalarType.Float32);
        foreach (var loss in AllLosses)
        {
            Assert.True(loss(verts, TwoFaces).isfinite().item<bool>());
            Assert.True(Numbers.Gradient(verts, v => loss(v, TwoFaces)).isfinite().all().item<bool>());
        }
    }

    [Fact]
    public void A_mesh_without_faces_has_no_edges_and_no_angles()
    {
        var none = zeros([0, 3], ScalarType.Int64);

        Assert.Equal(0, nn.functional.mesh_edge_loss(Square, none).Value());
        Assert.Equal(0, nn.functional.mesh_normal_consistency_loss(Square, none).Value());
    }

    [Fact]
    public void A_face_of_a_vertex_that_is_not_there_is_refused()
    {
        foreach (var loss in AllLosses)
        {
            var e = Assert.Throws<ArgumentException>(() => loss(Square, tensor([0L, 1, 4]).view(1, 3)));

            Assert.Contains("faces must lie in [0, 4), got 4", e.Message, StringComparison.Ordinal);
        }
    }

    static IEnumerable<Func<Tensor, Tensor, Tensor>> AllLosses =>
        [
            (v, f) => nn.functional.mesh_edge_loss(v, f),
            (v, f) => nn.functional.mesh_normal_consistency_loss(v, f),
            .. Enum.GetValues<LaplacianMethod>()
                .Select(m =>
                    (Func<Tensor, Tensor, Tensor>)((v, f) => nn.functional.mesh_laplacian_smoothing_loss(v, f, m))
                ),
        ];
}
