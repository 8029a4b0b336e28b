namespace TorchLoss.Tests.Losses;

/// <summary>Two-view losses: known limits.</summary>
public class TwoViewLossTests
{
    static (Tensor A, Tensor B) Views(int n = 7, int d = 4)
    {
        manual_seed(23);
        return (randn([n, d], dtype: ScalarType.Float64), randn([n, d], dtype: ScalarType.Float64));
    }

    [Fact]
    public void BarlowTwins_equals_a_loop_over_correlations()
    {
        var (a, b) = Views();
        double[][] Columns(Tensor z) =>
            [
                .. Enumerable
                    .Range(0, 4)
                    .Select(k =>
                    {
                        var column = z.select(1, k).data<double>().ToArray();
                        var mean = column.Average();
                        var deviation = Math.Sqrt(column.Average(v => (v - mean) * (v - mean)) + 1e-5);
                        return column.Select(v => (v - mean) / deviation).ToArray();
                    }),
            ];
        var (x, y) = (Columns(a), Columns(b));
        var expected = 0.0;
        for (var i = 0; i < 4; i++)
        {
            for (var j = 0; j < 4; j++)
            {
                var c = x[i].Zip(y[j], (u, v) => u * v).Sum() / 7;
                expected += i == j ? (c - 1) * (c - 1) : 0.3 * c * c;
            }
        }

        Assert.Equal(expected, nn.functional.barlow_twins_loss(a, b, lambda_param: 0.3).item<double>(), 10);
    }

    [Fact]
    public void BarlowTwins_of_one_sample_costs_one_per_feature_without_gradient()
    {
        var z = randn(1, 5).requires_grad_();

        var loss = nn.functional.barlow_twins_loss(z, randn(1, 5));
        loss.backward();

        Assert.Equal(5, loss.item<float>());
        Assert.Equal(0, z.grad!.abs().max().item<float>());
    }

    [Fact]
    public void InfoNCE_in_batch_is_cross_entropy_on_the_diagonal()
    {
        var (query, key) = Views();
        var logits = new CosineSimilarityDistance().Matrix(query, key) / 0.1;
        var expected = nn.functional.cross_entropy(logits, arange(7, dtype: ScalarType.Int64));

        Assert.Equal(expected.item<double>(), nn.functional.info_nce_loss(query, key).item<double>(), 10);
    }

    [Fact]
    public void InfoNCE_with_the_same_keys_for_all_is_the_same_paired_and_unpaired()
    {
        var (query, key) = Views();
        var shared = randn([3, 4], dtype: ScalarType.Float64);

        var unpaired = nn.functional.info_nce_loss(query, key, negative_keys: shared);
        var paired = nn.functional.info_nce_loss(
            query,
            key,
            negative_mode: NegativeMode.Paired,
            negative_keys: shared.unsqueeze(0).expand(7, 3, 4)
        );

        Assert.Equal(unpaired.item<double>(), paired.item<double>(), 12);
    }

    /// <summary>More rows than a block holds; orthogonal pairs at a low temperature are almost certain: the loss is 1e-15.</summary>
    [Theory]
    [InlineData(4100, 0.1, 8)]
    [InlineData(6, 0.03, 0)]
    public void InfoNCE_in_blocks_equals_float64(long n, double temperature, long width)
    {
        using var scope = NewDisposeScope();
        manual_seed(5);
        var (query, key) = width == 0 ? (eye(n) * 2, eye(n)) : (randn(n, width), randn(n, width));
        (double Loss, double[] OfQuery, double[] OfKey) Run(ScalarType dtype)
        {
            var (q, k) = (query.to(dtype).detach().requires_grad_(), key.to(dtype).detach().requires_grad_());
            var loss = nn.functional.info_nce_loss(q, k, temperature);
            loss.backward();
            return (loss.Value(), q.grad!.Values(), k.grad!.Values());
        }

        var (exact, got) = (Run(float64), Run(float32));

        bool Close(double a, double b, double size) => Math.Abs(a - b) <= 1e-4 * size;
        Assert.True(Close(exact.Loss, got.Loss, exact.Loss), $"{exact.Loss} and {got.Loss}");
        foreach (var (want, have) in new[] { (exact.OfQuery, got.OfQuery), (exact.OfKey, got.OfKey) })
        {
            var size = want.Max(Math.Abs);
            Assert.All(want.Zip(have), pair => Assert.True(Close(pair.First, pair.Second, size)));
        }
    }

    [Fact]
    public void InfoNCE_without_a_negative_is_zero()
    {
        var query = randn(1, 4).requires_grad_();

        var loss = nn.functional.info_nce_loss(query, randn(1, 4));
        loss.backward();

        Assert.Equal(0, loss.item<float>());
    }

    [Fact]
    public void InfoNCE_refuses_keys_of_the_other_mode()
    {
        var e = Assert.Throws<ArgumentException>(() =>
            nn.functional.info_nce_loss(randn(2, 4), randn(2, 4), negative_keys: randn(2, 3, 4))
        );

        Assert.Equal("negative_keys", e.ParamName);
        Assert.Contains("(M, D), got (2, 3, 4)", e.Message);
    }
}
