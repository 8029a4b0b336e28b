namespace TorchLoss.Training.Tests;

public sealed class AveragedWeightsTests
{
    static TrainerOptions Options(WeightAverage average) => TestRun.Options() with { Average = average };

    static double[] Values(nn.Module model) =>
        [
            .. model
                .parameters()
                .SelectMany(parameter => parameter.data<float>().ToArray())
                .Select(value => (double)value),
        ];

    [Fact]
    public void A_moving_average_follows_each_update()
    {
        double[]? expected = null;
        var taken = 0;
        var watch = new Watch(
            (trainer, _) =>
            {
                var now = Values(trainer.Model);
                var decay = Math.Min(0.5, (1.0 + taken) / (10 + taken));
                expected = taken++ == 0 ? now : [.. expected!.Zip(now, (a, w) => decay * a + (1 - decay) * w)];
            }
        );
        using var run = new TestRun(Options(new ExponentialAverage(0.5)), "sgd", watch);
        run.Fit();
        Assert.All(expected!.Zip(Values(run.Model)), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
    }

    [Fact]
    public void A_stochastic_average_is_the_mean_of_the_last_epochs()
    {
        var ends = new List<double[]>();
        var watch = new Watch(
            (trainer, report) =>
            {
                if (report.Batch == report.Batches && report.Epoch >= 3)
                    ends.Add(Values(trainer.Model));
            }
        );
        using var run = new TestRun(Options(new StochasticAverage(0.7)), "sgd", watch);
        run.Fit();
        var mean = ends[0].Zip(ends[1], (a, b) => (a + b) / 2);
        Assert.Equal(2, ends.Count);
        Assert.All(mean.Zip(Values(run.Model)), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
    }

    [Fact]
    public void Validation_measures_the_average_and_training_takes_no_notice_of_it()
    {
        var plain = new List<string>();
        var averaged = new List<string>();
        using var without = new TestRun(
            null,
            "adamw",
            new Watch((trainer, _) => plain.Add(TestRun.Bits(trainer.Model)))
        );
        using var with = new TestRun(
            Options(new ExponentialAverage(0.9)),
            "adamw",
            new Watch((trainer, _) => averaged.Add(TestRun.Bits(trainer.Model)))
        );
        without.Fit();
        var history = with.Fit().History;
        Assert.Equal(plain, averaged);
        Assert.NotEqual(without.Bits(), with.Bits());
        Assert.Equal(history[^1].ValidationLoss, with.Trainer.Evaluate(with.Train).Loss);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_resumed_run_ends_with_the_same_bits(bool moving)
    {
        WeightAverage average = moving ? new ExponentialAverage() : new StochasticAverage(0.3);
        using var folder = new TemporaryFolder();
        using var whole = new TestRun(Options(average));
        whole.Fit();
        using (var first = new TestRun(Options(average) with { MaxSteps = 13 }))
        {
            first.Fit();
            Checkpoint.Save(folder.File("last"), first.Trainer);
        }
        using var second = new TestRun(Options(average));
        Assert.Empty(Checkpoint.Load(folder.File("last"), second.Trainer));
        second.Fit();
        Assert.Equal(whole.Bits(), second.Bits());
        Assert.Equal(whole.Trainer.History[^1].ValidationLoss, second.Trainer.History[^1].ValidationLoss);
    }

    [Fact]
    public void A_checkpoint_goes_on_only_with_its_own_average()
    {
        using var folder = new TemporaryFolder();
        using var run = new TestRun(Options(new ExponentialAverage()));
        run.Fit();
        Checkpoint.Save(folder.File("last"), run.Trainer);
        using var other = new TestRun(Options(new ExponentialAverage(0.9)));
        var error = Assert.Throws<CheckpointException>(() => Checkpoint.Load(folder.File("last"), other.Trainer));
        Assert.Contains("average", error.Message);
        using var none = new TestRun();
        Assert.Throws<CheckpointException>(() => Checkpoint.Load(folder.File("last"), none.Trainer));
    }

    [Fact]
    public void The_best_checkpoint_holds_the_weights_that_were_measured()
    {
        using var folder = new TemporaryFolder();
        using var keep = new CheckpointCallback(folder.File("last"), folder.File("best"), new("train_loss", true));
        using var run = new TestRun(Options(new ExponentialAverage(0.9)), "adamw", keep);
        var first = run.Fit().History[0]; // the highest training loss
        using var best = Models.Mlp(6, 2, [16], 0.3, seed: 9);
        Checkpoint.LoadModel(folder.File("best"), best);
        using var trainer = new Trainer(best, nn.CrossEntropyLoss(), Optimizers.Factory("sgd", 1), TestRun.Options());
        Assert.Equal(first.ValidationLoss, trainer.Evaluate(run.Train).Loss);
    }

    sealed class Watch(Action<Trainer, BatchReport> onUpdate) : ITrainingCallback
    {
        public void OnUpdate(Trainer trainer, BatchReport report) => onUpdate(trainer, report);
    }
}
