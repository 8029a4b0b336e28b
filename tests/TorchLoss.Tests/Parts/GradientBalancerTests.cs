namespace TorchLoss.Tests.Parts;

/// <summary>Balancers against what defines them, also for gradients that are equal, opposite, missing or of very different lengths.</summary>
public class GradientBalancerTests
{
    static readonly Dictionary<string, Tensor> Gradients = new(StringComparer.Ordinal)
    {
        ["random"] = Random(4, 6),
        ["many"] = Random(9, 20),
        ["fewer dimensions than tasks"] = Random(5, 2),
        ["equal"] = ones(3, 4, dtype: ScalarType.Float64),
        ["opposite"] = tensor(
            new double[,]
            {
                { 1, 0 },
                { -1, 0 },
            }
        ),
        ["one is missing"] = tensor(
            new double[,]
            {
                { 1, 2 },
                { 0, 0 },
                { 3, -1 },
            }
        ),
        ["of different lengths"] = tensor(
            new double[,]
            {
                { 1e6, 0 },
                { 0, 1e-6 },
            }
        ),
        ["none"] = zeros(2, 3, dtype: ScalarType.Float64),
        ["one task"] = Random(1, 3),
    };

    public static TheoryData<string> All => [.. Gradients.Keys];

    static Tensor Random(long tasks, long width)
    {
        manual_seed(tasks);
        return randn(tasks, width, dtype: ScalarType.Float64).DetachFromDisposeScope();
    }

    static double[] Values(Tensor t) => t.detach().contiguous().clone().data<double>().ToArray();

    [Theory, MemberData(nameof(All))]
    public void Every_balancer_gives_finite_numbers(string name)
    {
        var grads = Gradients[name];
        GradientBalancer[] balancers =
        [
            new MGDA(),
            new MGDA(GradientNormalization.L2),
            new CAGrad(),
            new IMTLG(),
            new PCGrad(),
        ];

        Assert.All(balancers, b => Assert.True(b.Direction(grads).isfinite().all().item<bool>(), b.GetType().Name));
    }

    /// <summary>No other mixture is shorter: the shortest one's product with each gradient is at least its own square.</summary>
    [Theory, MemberData(nameof(All))]
    public void Mgda_finds_the_shortest_mixture(string name)
    {
        var grads = Gradients[name];
        var weights = new MGDA().Weights(grads);
        var shortest = weights.unsqueeze(0).mm(grads).squeeze(0);
        var scale = grads.square().sum(1).max().item<double>();
        var square = shortest.square().sum().item<double>();

        Assert.Equal(1, Values(weights).Sum(), 9);
        Assert.All(Values(weights), w => Assert.InRange(w, -1e-9, 1 + 1e-9));
        Assert.All(Values(grads.mv(shortest)), p => Assert.True(p >= square - 1e-9 * scale, $"{p} < {square}"));
    }

    /// <summary>Of directions as near to the mean gradient none does more for the worst-off task.</summary>
    [Theory]
    [InlineData("random", 0.3)]
    [InlineData("random", 0.9)]
    [InlineData("many", 0.5)]
    [InlineData("one is missing", 0.5)]
    public void Cagrad_is_best_for_the_worst_task(string name, double c)
    {
        var grads = Gradients[name];
        var mean = grads.mean([0]);
        var found = new CAGrad(c, rescale: 0).Direction(grads);
        var radius = c * mean.norm().item<double>();
        double Worst(Tensor d) => grads.mv(d).min().item<double>();
        Assert.True((found - mean).norm().item<double>() <= radius * (1 + 1e-6));

        manual_seed(3);
        for (var i = 0; i < 300; i++)
        {
            var step = randn_like(mean);
            var near = mean + (found - mean) * 0.98 + step / step.norm() * (0.02 * radius);
            Assert.True(Worst(near) <= Worst(found) + 1e-6, "a neighbour is better");
        }
    }

    [Theory]
    [InlineData("random")]
    [InlineData("many")]
    public void Imtl_g_projects_alike_on_all_gradients(string name)
    {
        var grads = Gradients[name];
        var direction = new IMTLG().Direction(grads);
        var projections = Values(grads.mv(direction) / grads.square().sum(1).sqrt());

        Assert.Equal(1, Values(new IMTLG().Weights(grads)).Sum(), 9);
        Assert.All(projections, p => Assert.Equal(projections[0], p, 9));
    }

    [Fact]
    public void Pcgrad_leaves_nothing_that_works_against_the_other_of_two_tasks()
    {
        var grads = tensor(
            new double[,]
            {
                { 1, 0 },
                { -1, 1 },
            }
        );
        var direction = new PCGrad(GradientReduction.Mean, eps: 0).Direction(grads);

        Assert.Equal([0.25, 0.75], Values(direction));
    }

    [Fact]
    public void Pcgrad_in_random_order_repeats_with_the_seed()
    {
        var grads = Gradients["many"];
        double[] Run(int seed)
        {
            manual_seed(seed);
            return Values(new PCGrad().Direction(grads));
        }

        Assert.Equal(Run(1), Run(1));
        Assert.NotEqual(Run(1), Run(2));
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        var grads = Gradients["random"];

        Assert.Throws<ArgumentException>(() => new MGDA().Direction(zeros(3)));
        Assert.Throws<ArgumentException>(() => new CAGrad().Direction(zeros(0, 3)));
        Assert.Throws<ArgumentException>(() => new MGDA(GradientNormalization.Loss).Weights(grads));
        Assert.Throws<ArgumentException>(() => new MGDA(GradientNormalization.Loss).Weights(grads, ones(3)));
        Assert.Throws<ArgumentException>(() => new PCGrad().Direction(grads, full(4, 4, 7, dtype: ScalarType.Int64)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new CAGrad(c: -1));
    }

    [Fact]
    public void No_tensor_outlives_a_call_but_the_result()
    {
        using var scope = NewDisposeScope();
        new CAGrad().Direction(Gradients["random"]);
        new PCGrad().Direction(Gradients["random"]);
        new MGDA().Weights(Gradients["random"]);

        Assert.Equal(3, scope.DisposablesCount);
    }
}
