namespace TorchLoss.Training.Tests;

public sealed class PlateauScheduleTests
{
    static double Factor(PlateauSchedule schedule, params double[] losses)
    {
        var history = losses.Select(
            (loss, i) => new EpochRecord(i + 1, i + 1, 1, loss, loss, new Dictionary<string, double>(), 0, 0)
        );
        return schedule.Factor(7, 100, [.. history]);
    }

    [Fact]
    public void Falls_where_more_epochs_than_the_patience_were_no_better()
    {
        var schedule = new PlateauSchedule(2, 0.5);
        Assert.Equal(1, Factor(schedule));
        Assert.Equal(1, Factor(schedule, 3, 4, 3));
        Assert.Equal(0.5, Factor(schedule, 3, 4, 3, 3));
        Assert.Equal(0.5, Factor(schedule, 3, 4, 3, 3, 3, 3));
        Assert.Equal(0.25, Factor(schedule, 3, 4, 3, 3, 3, 3, 3));
        Assert.Equal(1, Factor(schedule, 3, 4, 3, 2, 2, 2));
        Assert.Equal(0.4, Factor(schedule with { Final = 0.4 }, 3, 4, 3, 3, 3, 3, 3));
        Assert.Equal(0.5, Factor(schedule with { Monitor = new("train_loss", MinDelta: 1) }, 3, 2.5, 2.4, 2.1));
    }

    [Fact]
    public void A_resumed_run_has_the_same_rates_and_bits()
    {
        var options = TestRun.Options() with { Epochs = 8, Schedule = new PlateauSchedule(0, 0.1, 0, new("accuracy")) };
        using var folder = new TemporaryFolder();
        using var whole = new TestRun(options);
        var rates = whole.Fit().History.Select(record => record.LearningRate).ToArray();
        Assert.True(rates[^1] < rates[0], string.Join(' ', rates));
        using (var first = new TestRun(options with { MaxSteps = 22 }))
        {
            first.Fit();
            Checkpoint.Save(folder.File("last"), first.Trainer);
        }
        using var second = new TestRun(options);
        Assert.Empty(Checkpoint.Load(folder.File("last"), second.Trainer));
        Assert.Equal(rates, second.Fit().History.Select(record => record.LearningRate));
        Assert.Equal(whole.Bits(), second.Bits());
    }
}
