namespace TorchLoss.Training.Tests;

public sealed class LearningRateFinderTests
{
    [Theory]
    [InlineData("adamw")]
    [InlineData("sgd")]
    public void Stops_on_divergence_and_leaves_no_trace(string optimizer)
    {
        using var searched = new TestRun(null, optimizer);
        using var plain = new TestRun(null, optimizer);
        var before = searched.Bits();
        var search = LearningRateFinder.Run(searched.Trainer, searched.Train, 1e-5, 1e6, 80);
        Assert.True(search.Diverged);
        Assert.True(search.Curve.Count < 80, $"{search.Curve.Count}");
        Assert.InRange(search.Suggestion!.Value, 1e-4, 10);
        Assert.Equal(before, searched.Bits());
        Assert.Equal((0L, 0), (searched.Trainer.Position.Step, searched.Trainer.History.Count));
        searched.Fit();
        plain.Fit();
        Assert.Equal(plain.Bits(), searched.Bits());
    }

    [Fact]
    public void Between_two_parts_of_a_run_it_changes_nothing()
    {
        using var whole = new TestRun();
        whole.Fit();
        using var folder = new TemporaryFolder();
        using (var first = new TestRun(TestRun.Options(8)))
        {
            first.Fit();
            Checkpoint.Save(folder.File("last"), first.Trainer);
        }
        using var second = new TestRun();
        Checkpoint.Load(folder.File("last"), second.Trainer);
        LearningRateFinder.Run(second.Trainer, second.Train);
        second.Fit();
        Assert.Equal(whole.Bits(), second.Bits());
    }

    [Fact]
    public void The_suggestion_is_where_the_loss_falls_most_steeply()
    {
        using var run = new TestRun(null, "sgd");
        var search = LearningRateFinder.Run(run.Trainer, run.Train, 1e-4, 1, 50);
        Assert.False(search.Diverged);
        Assert.Equal(50, search.Curve.Count);
        Assert.Equal((1e-4, 1.0), (search.Curve[0].Rate, Math.Round(search.Curve[^1].Rate, 9)));
        var steepest = Enumerable.Range(1, 48).MinBy(i => search.Curve[i + 1].Smooth - search.Curve[i - 1].Smooth);
        Assert.Equal(search.Curve[steepest].Rate, search.Suggestion);
    }

    [Fact]
    public void Mistakes_are_no_divergence()
    {
        using var run = new TestRun();
        using var narrow = new TensorSet(rand(8, 3), zeros(8, int64));
        Assert.Throws<TrainingException>(() => LearningRateFinder.Run(run.Trainer, narrow));
        Assert.Throws<ArgumentException>(() => LearningRateFinder.Run(run.Trainer, run.Train, 1, 0.1));
        Assert.Throws<ArgumentException>(() => LearningRateFinder.Run(run.Trainer, run.Train, updates: 2));
    }
}
