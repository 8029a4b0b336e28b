namespace TorchLoss.Training.Tests;

public sealed class LimitsTests
{
    [Fact]
    public void A_trial_is_one_epoch_of_a_few_batches()
    {
        using var run = new TestRun(TestRun.Options().FastDevRun(2));
        var result = run.Fit();
        Assert.Equal((1, 2L), (result.History.Count, run.Trainer.Position.Step));
        using var first = new TensorSet(run.Train.Inputs.narrow(0, 0, 32), run.Train.Targets.narrow(0, 0, 32));
        Assert.Equal(run.Trainer.Evaluate(first).Loss, result.History[0].ValidationLoss!.Value, 1e-6);
        Assert.Equal(run.Trainer.Evaluate(first).Metrics["accuracy"], result.History[0].Metrics["accuracy"]);
    }

    [Fact]
    public void A_few_batches_are_learnt_by_heart()
    {
        var options = new TrainerOptions { Epochs = 300, BatchSize = 8 }.OverfitBatches(2);
        using var run = new TestRun(options, "adam");
        using var model = Models.Mlp(6, 2, [32], 0, 1);
        using var labels = new TensorSet(run.Train.Inputs.alias(), run.Train.Targets.roll(7)); // nothing to find out
        using var trainer = new Trainer(model, nn.CrossEntropyLoss(), Optimizers.Factory("adam", 0.02), options);
        var history = trainer.Fit(labels).History;
        Assert.Equal(600, trainer.Position.Step);
        Assert.True(history[^1].TrainLoss < 0.05, $"{history[^1].TrainLoss}");
    }

    [Fact]
    public void Time_that_is_over_stops_after_an_update()
    {
        using var none = new TestRun(TestRun.Options() with { MaxTime = TimeSpan.Zero });
        var result = none.Fit();
        Assert.Equal((StopReason.Stopped, 0L), (result.Reason, none.Trainer.Position.Step));
        Assert.Contains("time", result.Message);
        using var much = new TestRun(TestRun.Options() with { MaxTime = TimeSpan.FromHours(1) });
        Assert.Equal(StopReason.Finished, much.Fit().Reason);
    }

    [Fact]
    public void Limits_out_of_range_are_refused()
    {
        foreach (
            var options in new TrainerOptions[]
            {
                new() { LimitBatches = 0 },
                new() { LimitValidationBatches = -1 },
                new() { MaxTime = TimeSpan.FromSeconds(-1) },
                new() { Average = new ExponentialAverage(1) },
                new() { Average = new StochasticAverage(double.NaN) },
            }
        )
            Assert.Throws<ArgumentException>(() => new TestRun(options));
    }
}
