namespace TorchLoss.Tests.Losses;

/// <summary>Soft-DTW: all alignments counted one by one, its limits, the band, the divergence.</summary>
public class SoftDTWLossTests
{
    /// <summary>The costs of all alignments from a cell to the last.</summary>
    static IEnumerable<double> Alignments(double[] x, double[] y, int i = 0, int j = 0)
    {
        var cost = Math.Pow(x[i] - y[j], 2);
        if (i == x.Length - 1 && j == y.Length - 1)
        {
            return [cost];
        }

        return new[] { (1, 0), (0, 1), (1, 1) }
            .Where(step => i + step.Item1 < x.Length && j + step.Item2 < y.Length)
            .SelectMany(step => Alignments(x, y, i + step.Item1, j + step.Item2))
            .Select(rest => cost + rest);
    }

    static readonly double[] slow = [0.1, 0.9, 1.1, -0.4];
    static readonly double[] fast = [0.3, 1.2, -0.1];

    static Tensor Series(double[] values, ScalarType dtype = ScalarType.Float64) =>
        tensor(values).to(dtype).view(1, -1, 1);

    [Theory]
    [InlineData(1)]
    [InlineData(0.05)]
    public void Equals_the_soft_minimum_of_all_alignments(double gamma)
    {
        var expected = -gamma * Math.Log(Alignments(slow, fast).Sum(cost => Math.Exp(-cost / gamma)));

        Assert.Equal(expected, nn.functional.soft_dtw_loss(Series(slow), Series(fast), gamma).item<double>(), 12);
        using var composed = Fusion.Suspend();
        Assert.Equal(expected, nn.functional.soft_dtw_loss(Series(slow), Series(fast), gamma).item<double>(), 12);
    }

    [Fact]
    public void A_small_gamma_is_the_best_alignment() =>
        Assert.Equal(
            Alignments(slow, fast).Min(),
            nn.functional.soft_dtw_loss(Series(slow), Series(fast), 1e-6).item<double>(),
            6
        );

    [Fact]
    public void The_divergence_is_nothing_for_equal_series_and_positive_for_others()
    {
        Assert.True(nn.functional.soft_dtw_loss(Series(slow), Series(slow)).item<double>() < 0);
        Assert.Equal(0, nn.functional.soft_dtw_loss(Series(slow), Series(slow), normalize: true).item<double>());
        Assert.True(nn.functional.soft_dtw_loss(Series(slow), Series(fast), normalize: true).item<double>() > 0);
    }

    [Fact]
    public void A_band_of_one_step_around_equal_lengths_bounds_from_above()
    {
        var other = new[] { 0.9, 0.2, -0.4, 1.1 };
        double Loss(long? bandwidth) =>
            nn.functional.soft_dtw_loss(Series(slow), Series(other), 1e-6, bandwidth: bandwidth).item<double>();

        Assert.Equal(Loss(null), Loss(0), 12);
        Assert.Equal(Loss(null), Loss(3), 12);
        Assert.True(Loss(1) >= Loss(null));
        using var composed = Fusion.Suspend();
        Assert.True(Loss(1) >= Loss(null));
    }

    [Fact]
    public void Series_that_no_alignment_joins_are_refused()
    {
        string Refusal(Tensor x, Tensor y, long? bandwidth = null) =>
            Assert.Throws<ArgumentException>(() => nn.functional.soft_dtw_loss(x, y, bandwidth: bandwidth)).Message;

        Assert.Contains("series of 4 and 7 steps", Refusal(zeros(1, 4, 2), zeros(1, 7, 2), 2));
        Assert.Contains("a step at least", Refusal(zeros(1, 0, 2), zeros(1, 3, 2)));
        Assert.Contains("agree in N and D", Refusal(zeros(1, 4, 2), zeros(1, 4, 3)));
    }

    [Fact]
    public void Far_series_stay_exact_in_float32()
    {
        var far = Array.ConvertAll(fast, v => v + 3000);
        var exact = nn.functional.soft_dtw_loss(Series(slow), Series(far)).item<double>();

        Assert.Equal(
            1,
            nn.functional.soft_dtw_loss(Series(slow, float32), Series(far, float32)).item<float>() / exact,
            5
        );
    }
}
