namespace TorchLoss.Training.Tests;

public sealed class MetricsTests
{
    [Fact]
    public void Classes_are_counted()
    {
        using var outputs = nn.functional.one_hot(tensor(new long[] { 0, 0, 1, 1, 1, 0 }), 3).to(float32);
        using var targets = tensor(new long[] { 0, 0, 0, 1, 1, 1 });
        var report = Assert.IsType<ClassReport>(new ClassificationMetrics(["a", "b", "c"]).Measure(outputs, targets));
        Assert.Equal(
            [
                [2, 1, 0],
                [1, 2, 0],
                [0, 0, 0],
            ],
            report.Confusion
        );
        Assert.Equal(4 / 6.0, report.Values["accuracy"], 12);
        Assert.Equal(2 / 3.0, report.Values["macro_f1"], 12);
        Assert.Equal(new ClassScore("c", 0, 0, 0, 0), report.Classes[2]);
    }

    [Fact]
    public void One_logit_and_one_hot_targets_count_too()
    {
        var metrics = new ClassificationMetrics(["no", "yes"]);
        using var logits = tensor(new[] { -2f, 3, 0.2f }, 3, 1);
        using var truth = tensor(new[] { 0f, 1, 0 }, 3, 1);
        Assert.Equal(2 / 3.0, metrics.Measure(logits, truth).Values["accuracy"], 12);
        using var hot = tensor(new float[] { 1, 0, 0, 1, 1, 0 }, 3, 2);
        Assert.Equal(2 / 3.0, metrics.Measure(logits, hot).Values["accuracy"], 12);
    }

    [Fact]
    public void Numbers_are_measured_in_their_own_units()
    {
        using var outputs = tensor(new[] { 1f, 2, 3 }, 3, 1);
        using var targets = tensor(new[] { 1f, 2, 5 }, 3, 1);
        var values = new RegressionMetrics(100, 10).Measure(outputs, targets).Values;
        Assert.Equal(20 / 3.0, values["mae"], 9);
        Assert.Equal(Math.Sqrt(400 / 3.0), values["rmse"], 9);
        Assert.Equal(1 - 4 / (26 / 3.0), values["r2"], 9);
    }
}
