namespace TorchLoss.Tests.Losses;

/// <summary>Chamfer: a loop over points, padding, empty clouds, neighbours far from the origin, clouds of more than one block.</summary>
public class ChamferLossTests
{
    static (Tensor X, Tensor Y) Clouds(long p = 5, long q = 6)
    {
        manual_seed(9);
        return (randn([2, p, 3], dtype: ScalarType.Float64), randn([2, q, 3], dtype: ScalarType.Float64));
    }

    static double[][] Points(Tensor cloud, long count) =>
        [.. Enumerable.Range(0, (int)count).Select(i => cloud[i].data<double>().ToArray())];

    static double[] Nearest(double[][] from, double[][] to, int norm) =>
        [.. from.Select(a => to.Min(b => a.Zip(b, (u, v) => Math.Pow(Math.Abs(u - v), norm)).Sum()))];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Equals_a_loop_over_the_points_that_count(int norm)
    {
        var (x, y) = Clouds();
        var (x_lengths, y_lengths) = (tensor([4L, 5]), tensor([6L, 2]));
        var expected = new List<double>();
        for (var n = 0; n < 2; n++)
        {
            var (a, b) = (Points(x[n], x_lengths[n].item<long>()), Points(y[n], y_lengths[n].item<long>()));
            expected.Add(Nearest(a, b, norm).Average() + Nearest(b, a, norm).Average());
        }

        var losses = nn.functional.chamfer_loss(
            x,
            y,
            norm,
            batch_reduction: null,
            x_lengths: x_lengths,
            y_lengths: y_lengths
        );

        Assert.Equal(expected, losses.data<double>().ToArray(), (a, b) => Math.Abs(a - b) < 1e-11);
    }

    [Fact]
    public void One_direction_lets_wanted_points_be_left_out()
    {
        var (x, _) = Clouds();
        var y = cat([x, x + 100], 1);

        Assert.Equal(0, nn.functional.chamfer_loss(x, y, single_directional: true).item<double>(), 12);
        Assert.True(nn.functional.chamfer_loss(x, y).item<double>() > 100);
    }

    [Fact]
    public void What_stands_in_the_padding_does_not_matter()
    {
        var (x, y) = Clouds();
        x.narrow(1, 3, 2).fill_(double.NaN);
        x.requires_grad_();
        var lengths = tensor([3L, 3]);

        var loss = nn.functional.chamfer_loss(x, y, x_lengths: lengths);
        loss.backward();

        Assert.Equal(nn.functional.chamfer_loss(x.narrow(1, 0, 3), y).item<double>(), loss.item<double>(), 12);
        Assert.True(x.grad!.isfinite().all().item<bool>());
    }

    [Fact]
    public void Clouds_without_points_and_weights_of_zero_cost_nothing()
    {
        var (x, y) = Clouds();
        double Loss(Tensor? x_lengths = null, Tensor? weights = null) =>
            nn.functional.chamfer_loss(x, y, x_lengths: x_lengths, weights: weights).item<double>();

        Assert.Equal(0, Loss(x_lengths: tensor([0L, 0])));
        Assert.Equal(0, Loss(weights: zeros(2)));
        Assert.Equal(0, nn.functional.chamfer_loss(x.narrow(1, 0, 0), y).item<double>());
    }

    [Fact]
    public void Weights_average_clouds_by_their_sum()
    {
        var (x, y) = Clouds();
        var single = nn.functional.chamfer_loss(x, y, batch_reduction: null);
        double Loss(Reduction reduction) =>
            nn.functional.chamfer_loss(x, y, batch_reduction: reduction, weights: tensor([3.0, 1])).item<double>();

        var sum = 3 * single[0].item<double>() + single[1].item<double>();
        Assert.Equal(sum, Loss(Reduction.Sum), 11);
        Assert.Equal(sum / 4, Loss(Reduction.Mean), 11);
    }

    [Fact]
    public void Neighbours_are_right_far_from_the_origin_in_float32()
    {
        manual_seed(2);
        var x = randn(1, 60, 3) + 3000;
        var y = x.index_select(1, randperm(60, dtype: ScalarType.Int64));

        Assert.Equal(0, nn.functional.chamfer_loss(x, y).item<float>());
    }

    [Fact]
    public void Clouds_of_several_blocks_find_their_neighbours()
    {
        manual_seed(2);
        var x = randn(1, 4200, 3);
        var y = x.index_select(1, randperm(4200, dtype: ScalarType.Int64));

        Assert.Equal(0, nn.functional.chamfer_loss(x, y).item<float>());
    }

    [Fact]
    public void Normals_of_opposite_directions_count_as_equal_unless_told_otherwise()
    {
        var (x, _) = Clouds();
        var normals = randn_like(x);
        double Loss(bool abs_cosine) =>
            nn
                .functional.chamfer_loss(
                    x,
                    x,
                    normals_weight: 0.5,
                    abs_cosine: abs_cosine,
                    x_normals: normals,
                    y_normals: -normals
                )
                .item<double>();

        Assert.Equal(0, Loss(abs_cosine: true), 10);
        Assert.Equal(2, Loss(abs_cosine: false), 10);
    }

    [Fact]
    public void Mistakes_are_named()
    {
        var (x, y) = Clouds();
        string Refusal(Func<Tensor> call) => Assert.ThrowsAny<ArgumentException>(call).Message;

        Assert.Contains(
            "y_normals is missing",
            Refusal(() => nn.functional.chamfer_loss(x, y, normals_weight: 1, x_normals: x))
        );
        Assert.Contains(
            "exclude each other",
            Refusal(() =>
                nn.functional.chamfer_loss(
                    x,
                    y,
                    point_reduction: PointReduction.Max,
                    normals_weight: 1,
                    x_normals: x,
                    y_normals: y
                )
            )
        );
        Assert.Contains(
            "x_lengths must lie in [0, 6), got 6",
            Refusal(() => nn.functional.chamfer_loss(x, y, x_lengths: tensor([6L, 1])))
        );
        Assert.Contains("agree in N and D", Refusal(() => nn.functional.chamfer_loss(x, y.narrow(2, 0, 2))));
    }
}
