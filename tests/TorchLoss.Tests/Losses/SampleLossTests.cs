using static TorchSharp.torch.nn;

namespace TorchLoss.Tests.Losses;

/// <summary>Distances of sets of samples: what is constant for a gradient, equal points, transport that is known.</summary>
public class SampleLossTests
{
    static (Tensor X, Tensor Y) Sets(long n = 5, long m = 7)
    {
        manual_seed(21);
        return (Numbers.Normal(n, 3), Numbers.Normal(m, 3) + 0.5);
    }

    static Tensor Costs(Tensor x, Tensor y) => (x.unsqueeze(1) - y).square().sum(-1);

    [Fact]
    public void Energy_distance_is_a_loop_and_equal_points_do_not_pull()
    {
        var (x, y) = Sets();
        double Mean(Tensor a, Tensor b) => Costs(a, b).sqrt().mean().Value();
        var expected = 2 * Mean(x, y) - Mean(x, x) - Mean(y, y);

        Assert.Equal(expected, functional.energy_distance_loss(x, y).Value(), 12);
        Assert.Equal(Math.Sqrt(expected), functional.energy_distance_loss(x, y, sqrt: true).Value(), 12);
        Assert.Equal(expected / 2, functional.kernel_mmd_loss(x, y, SampleKernel.Energy).Value(), 12);
        foreach (var root in new[] { false, true })
        {
            var same = x.to(float32);
            var gradient = Numbers.Gradient(same, s => functional.energy_distance_loss(s, same, root));

            Assert.True(gradient.abs().max().Value() < 1e-5);
        }
    }

    [Fact]
    public void Kernel_distance_is_half_the_squared_MMD()
    {
        var (x, y) = Sets();
        var half = functional.kernel_mmd_loss(x, y, SampleKernel.Gaussian, blur: 0.7);
        var weighted = functional.kernel_mmd_loss(
            x,
            y,
            SampleKernel.Gaussian,
            blur: 0.7,
            a: tensor(new[] { 1.0, 1, 0, 0, 0 }),
            b: full(7, 3.0, float64)
        );

        Assert.Equal(functional.mmd_loss(x, y, [0.7]).Value() / 2, half.Value(), 12);
        Assert.Equal(functional.mmd_loss(x.narrow(0, 0, 2), y, [0.7]).Value() / 2, weighted.Value(), 12);
    }

    [Fact]
    public void The_width_of_the_kernels_is_a_constant_for_the_gradient()
    {
        var (x, y) = Sets();
        var joined = cat([x, y]);
        var width = Costs(joined, joined).sum().Value() / (12 * 12 - 12);
        Tensor Free(Tensor s) => functional.multi_kernel_mmd_loss(s, y);
        Tensor Fixed(Tensor s) => functional.multi_kernel_mmd_loss(s, y, fix_sigma: width);

        Assert.Equal(Fixed(x).Value(), Free(x).Value(), 12);
        Assert.True(Numbers.Gradient(x, Free).allclose(Numbers.Gradient(x, Fixed), 1e-9, 1e-12));
        Assert.True(functional.multi_kernel_mmd_loss(ones(3, 2), ones(3, 2)).isfinite().item<bool>());
    }

    [Fact]
    public void Deep_CORAL_knows_no_means()
    {
        var (x, y) = Sets();
        var moved = functional.deep_coral_loss(x + 100, y - 50);

        Assert.Equal(functional.deep_coral_loss(x, y).Value(), moved.Value(), 9);
        Assert.Equal(0, functional.deep_coral_loss(x, x + 3).Value(), 12);
        Assert.Equal(0, functional.deep_coral_loss(x, y.narrow(0, 0, 1)).Value());
    }

    [Fact]
    public void On_a_line_transport_matches_by_rank()
    {
        var x = tensor(
            new[,]
            {
                { 3.0, 1, 2 },
            }
        );
        var y = tensor(
            new[,]
            {
                { 10.0, 30, 20 },
            }
        );

        Assert.Equal((9 + 18 + 27) / 3.0, functional.wasserstein_1d_loss(x, y).Value(), 12);
        Assert.Equal(
            Math.Sqrt((81 + 324 + 729) / 3.0),
            functional.wasserstein_1d_loss(x, y, p: 2, root: true).Value(),
            12
        );
        Assert.True(
            Numbers.Gradient(x, s => functional.wasserstein_1d_loss(s, x, p: 2, root: true)).eq(0).all().item<bool>()
        );
        Assert.Equal(
            Math.Sqrt((81 + 324 + 729) / 3.0),
            functional.sliced_wasserstein_loss(x.t(), y.t(), projections: ones(1, 1, dtype: float64)).Value(),
            12
        );
    }

    [Fact]
    public void Sliced_transport_draws_its_directions_where_none_are_given()
    {
        var (x, _) = Sets();
        manual_seed(1);
        var one = functional.sliced_wasserstein_loss(x, x + 1, n_projections: 500).Value();
        var other = functional.sliced_wasserstein_loss(x, x + 1, n_projections: 500).Value();

        Assert.NotEqual(one, other);
        Assert.InRange(one, 0.8, 1.2); // a shift of √3 in one of three dimensions
        Assert.Equal(one, other, 0);
    }

    [Fact]
    public void A_sharp_divergence_is_optimal_transport()
    {
        var x = tensor(
            new[,]
            {
                { 0.0, 0 },
                { 4, 0 },
                { 0, 4 },
            }
        );
        var y = x.index_select(0, tensor(new[] { 2L, 0, 1 })) + 1;
        var loss = functional.sinkhorn_divergence_loss(x, y, blur: 0.1);
        var gradient = Numbers.Gradient(x, s => functional.sinkhorn_divergence_loss(s, y, blur: 0.1));

        Assert.Equal(1, loss.Value(), 6); // |(1, 1)|² / 2 each
        Assert.True(gradient.allclose(full_like(x, -1.0 / 3), 1e-5, 1e-6));
        Assert.Equal(1, functional.sinkhorn_divergence_loss((x * 1).to(float32), y.to(float32), blur: 0.1).Value(), 3);
    }

    [Fact]
    public void A_set_against_itself_costs_nothing_and_stays()
    {
        var (x, _) = Sets();
        Tensor Loss(Tensor s) => functional.sinkhorn_divergence_loss(s, x, p: 1, blur: 0.2);

        Assert.Equal(0, Loss(x).Value(), 9);
        Assert.True(Numbers.Gradient(x, Loss).abs().max().Value() < 1e-6);
        Assert.True(functional.sinkhorn_distance_loss(x, x, reg: 1).Value() > 0);
    }

    [Fact]
    public void The_plan_keeps_the_weights_and_is_a_constant()
    {
        var (x, y) = Sets(3, 4);
        var (a, b) = (tensor(new[] { 0.2, 0.3, 0.5 }), tensor(new[] { 0.1, 0.2, 0.3, 0.4 }));
        var problem = new Sinkhorn(Costs(x, y), a.log(), b.log(), 0.5);
        var plan = problem.Plan(problem.Solve(10000));
        var gradient = Numbers.Gradient(x, s => functional.sinkhorn_distance_loss(s, y, reg: 0.5, a: a, b: b));

        Assert.True(plan.sum(dim: 1).allclose(a, 1e-9, 1e-9));
        Assert.True(plan.sum(dim: 0).allclose(b, 1e-9, 1e-9));
        Assert.True(gradient.allclose((plan.unsqueeze(2) * (x.unsqueeze(1) - y)).sum(dim: 1) * 2, 1e-7, 1e-9));
    }
}
