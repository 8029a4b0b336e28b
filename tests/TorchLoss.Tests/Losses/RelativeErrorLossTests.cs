using static TorchSharp.torch.nn;

namespace TorchLoss.Tests.Losses;

/// <summary>Errors relative to a size: targets of 0, predictions that are exact, numbers outside of the domain.</summary>
public class RelativeErrorLossTests
{
    static Tensor T(params double[] values) => tensor(values);

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float64)]
    public void Mape_without_eps_leaves_out_targets_of_0(ScalarType dtype)
    {
        var (input, target) = (T(5, 3).to(dtype), T(0, 2).to(dtype));
        Tensor Loss(Tensor x) => functional.mape_loss(x, target, eps: 0, reduction: Reduction.Sum);

        Assert.Equal(0.5, Loss(input).Value(), 6);
        Assert.Equal([0, 0.5], Numbers.Gradient(input, Loss).Values());
    }

    [Fact]
    public void Percentages_are_a_hundred_times_as_large()
    {
        var (input, target) = (T(1, 2, 3), T(2, -2, 4));

        Assert.Equal(
            100 * functional.mape_loss(input, target).Value(),
            functional.mape_loss(input, target, percentage: true).Value(),
            10
        );
        Assert.Equal(
            100 * functional.smape_loss(input, target).Value(),
            functional.smape_loss(input, target, percentage: true).Value(),
            10
        );
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1.17e-6)]
    public void Smape_of_nothing_against_nothing_is_0(double eps)
    {
        Tensor Loss(Tensor x) => functional.smape_loss(x, zeros(3), eps);

        Assert.Equal(0, Loss(zeros(3)).Value());
        Assert.Equal([0, 0, 0], Numbers.Gradient(zeros(3), Loss).Values());
    }

    [Theory]
    [InlineData(null)]
    [InlineData(0L)]
    [InlineData(-1L)]
    public void Rmse_of_a_perfect_prediction_has_no_gradient_instead_of_NaN(long? dim)
    {
        var target = randn(3, 4);

        Assert.All(
            Numbers.Gradient(target, x => functional.rmse_loss(x, target, dim: dim)).Values(),
            g => Assert.Equal(0, g)
        );
    }

    [Fact]
    public void Rmse_squares_errors_that_have_no_square()
    {
        var loss = functional.rmse_loss(full(4, 1e30f), zeros(4));

        Assert.Equal(1, loss.Value() / 1e30, 5);
    }

    [Fact]
    public void Rmse_over_a_dimension_reduces_the_roots()
    {
        var (input, target) = (Numbers.Normal(5, 3), Numbers.Normal(5, 3));
        var errors = (input - target).Rows();
        var expected = Enumerable.Range(0, 3).Average(c => Math.Sqrt(errors.Average(row => row[c] * row[c])));

        Assert.Equal(expected, functional.rmse_loss(input, target, dim: 0).Value(), 12);
        Assert.NotEqual(expected, functional.rmse_loss(input, target).Value(), 6);
    }

    [Fact]
    public void A_dimension_that_is_not_there_is_refused() =>
        Assert.Contains(
            "dim must be a dimension of input",
            Assert.Throws<ArgumentException>(() => functional.rmse_loss(zeros(2, 3), zeros(2, 3), dim: 2)).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void Numbers_outside_of_the_domain_are_refused()
    {
        Assert.Throws<ArgumentException>(() => functional.msle_loss(T(-1), T(1)));
        Assert.Throws<ArgumentException>(() => functional.msle_loss(T(1), T(-2)));
        Assert.Throws<ArgumentException>(() => functional.tweedie_deviance_loss(T(0), T(1)));
        Assert.Throws<ArgumentException>(() => functional.tweedie_deviance_loss(T(1), T(-1)));
        Assert.Throws<ArgumentException>(() => functional.tweedie_deviance_loss(T(1), T(0), power: 2));
        Assert.Throws<ArgumentException>(() => functional.gaussian_kl_loss(T(1), T(0), T(1), T(1)));
        Assert.Equal(0, functional.msle_loss(T(-1), T(-3), clamp_min: 0).Value());
    }

    [Fact]
    public void No_distribution_has_a_power_between_0_and_1()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => functional.tweedie_deviance_loss(T(1), T(1), power: 0.5));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TweedieDevianceLoss(power: 0.5));
    }

    /// <summary>The definition as it stands, against the rewritten one, also next to its removable poles.</summary>
    [Theory]
    [InlineData(-0.7)]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1.3)]
    [InlineData(1.99)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4.5)]
    public void Tweedie_is_its_definition(double p)
    {
        double Definition(double m, double y) =>
            p switch
            {
                1 => 2 * ((y > 0 ? y * Math.Log(y / m) : 0) - y + m),
                2 => 2 * (Math.Log(m / y) + y / m - 1),
                _ => 2
                    * (
                        Math.Pow(Math.Max(y, 0), 2 - p) / ((1 - p) * (2 - p))
                        - y * Math.Pow(m, 1 - p) / (1 - p)
                        + Math.Pow(m, 2 - p) / (2 - p)
                    ),
            };

        foreach (
            var (m, y) in new[] { (0.3, 2.0), (2.0, 0.3), (1.5, 1.5), (4.0, p < 2 ? 0.0 : 0.01), (1.0, p < 1 ? -2 : 1) }
        )
        {
            // only p = 0 goes by the plain square also for targets below 0
            var expected = p == 0 ? (y - m) * (y - m) : Definition(m, y);
            Assert.Equal(expected, functional.tweedie_deviance_loss(T(m), T(y), p).Value(), 9);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1.5)]
    [InlineData(1.9)]
    public void A_target_of_0_has_a_finite_gradient_in_mean_and_target(double p)
    {
        var input = T(0.5, 2).requires_grad_();
        var target = T(0, 0).requires_grad_();

        functional.tweedie_deviance_loss(input, target, p).backward();

        Assert.True(input.grad!.isfinite().all().item<bool>());
        Assert.True(target.grad!.isfinite().all().item<bool>());
    }

    [Fact]
    public void Cosine_keeps_the_digits_of_nearly_equal_directions()
    {
        var x = tensor(
            new float[,]
            {
                { 1, 0 },
            }
        );
        var y = tensor(
            new float[,]
            {
                { 1, 1e-4f },
            }
        );

        Assert.Equal(0.5e-8, functional.cosine_similarity_loss(x, y).Value(), 1e-12);
    }

    [Theory]
    [InlineData(1e30f)]
    [InlineData(1e-6f)]
    public void Cosine_does_not_see_the_length(float length)
    {
        var x = tensor(
            new float[,]
            {
                { 3, 4 },
            }
        );
        var y = tensor(
            new float[,]
            {
                { 4, 3 },
            }
        );

        Assert.Equal(1 - 24 / 25.0, functional.cosine_similarity_loss(x * length, y).Value(), 6);
    }

    [Fact]
    public void A_zero_vector_has_cosine_0_and_finite_gradients()
    {
        Tensor Loss(Tensor x) => functional.cosine_similarity_loss(x, ones(2, 3));

        Assert.Equal(1, Loss(zeros(2, 3)).Value());
        Assert.True(Numbers.Gradient(zeros(2, 3), Loss).isfinite().all().item<bool>());
    }
}
