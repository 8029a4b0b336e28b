namespace TorchLoss.Training.Tests;

/// <summary>The ends of what a trainer is asked for: no sample, one sample, no class, no number, no time.</summary>
public sealed class EdgeTests
{
    static string Refusal(Action action) => Assert.Throws<TrainingException>(action).Message;

    [Fact]
    public void Predicting_nothing_gives_nothing_of_the_right_width()
    {
        using var run = new TestRun();
        using var nothing = zeros(0, 6);
        using var outputs = run.Trainer.Predict(nothing);
        Assert.Equal([0L, 2], outputs.shape);
    }

    [Fact]
    public void Measuring_nothing_is_refused()
    {
        using var run = new TestRun();
        using var empty = new TensorSet(zeros(0, 6), zeros(0, int64));
        Assert.Contains("no sample", Refusal(() => run.Trainer.Evaluate(empty)));
        Assert.Contains("no sample", Refusal(() => run.Trainer.Fit(empty)));
        Assert.Contains("no sample", Refusal(() => run.Trainer.Fit(run.Train, empty)));
    }

    [Fact]
    public void A_batch_may_be_larger_than_the_data()
    {
        using var run = new TestRun(TestRun.Options() with { BatchSize = 1000, Accumulate = 3 });
        var result = run.Fit();
        Assert.Equal(4, result.History[^1].Step);
    }

    [Fact]
    public void A_last_batch_of_one_that_batch_norm_cannot_take_is_explained()
    {
        using var run = new TestRun(); // 70 samples
        using var model = nn.Sequential(nn.Linear(6, 4), nn.BatchNorm1d(4), nn.Linear(4, 2));
        using var loss = nn.CrossEntropyLoss();
        var options = TestRun.Options() with { BatchSize = 23 };
        using var trainer = new Trainer(model, loss, Optimizers.Factory("sgd", 0.1), options);
        var message = Refusal(() => trainer.Fit(run.Train));
        Assert.Contains("'1.running_var' is NaN after step 4", message);
        Assert.Contains("a batch of one sample", message);
        using var another = nn.Sequential(nn.Linear(6, 4), nn.BatchNorm1d(4), nn.Linear(4, 2));
        using var other = new Trainer(another, loss, Optimizers.Factory("sgd", 0.1), options with { BatchSize = 24 });
        other.Fit(run.Train);
    }

    [Fact]
    public void Measuring_leaves_every_part_of_model_and_loss_in_its_mode()
    {
        using var run = new TestRun();
        using var frozen = nn.BatchNorm1d(16);
        using var model = nn.Sequential(("in", nn.Linear(6, 16)), ("frozen", frozen), ("out", nn.Linear(16, 2)));
        using var loss = nn.CrossEntropyLoss();
        using var trainer = new Trainer(model, loss, Optimizers.Factory("sgd", 0.1), TestRun.Options());
        model.train();
        frozen.eval();
        loss.eval();
        using var outputs = trainer.Predict(run.Train.Inputs);
        trainer.Evaluate(run.Train);
        LossCheck.Run(trainer, run.Train);
        LearningRateFinder.Run(trainer, run.Train, updates: 5);
        Assert.Equal((true, false, false), (model.training, frozen.training, loss.training));
        Assert.True(is_grad_enabled());
        using var broken = new TensorSet(rand(3, 5), zeros(3, int64));
        Refusal(() => trainer.Evaluate(broken));
        Assert.Equal((true, false, false, true), (model.training, frozen.training, loss.training, is_grad_enabled()));
    }

    [Fact]
    public void Tensors_do_not_become_more_with_the_epochs_whatever_is_kept()
    {
        using var folder = new TemporaryFolder();
        var counts = new List<long>();
        using var stopping = new EarlyStopping(0);
        using var run = new TestRun(
            TestRun.Options() with
            {
                Epochs = 30,
                Average = new ExponentialAverage(0.9),
                Accumulate = 2,
                Accumulation = Accumulation.Joined,
            },
            "adamw",
            stopping,
            new CheckpointCallback(folder.File("last"), folder.File("best"), everyUpdates: 2, everySeconds: 0.01),
            new KeepCheckpoints(folder.File("all")),
            new ProgressCallback(onEpoch: _ => counts.Add(Tensor.TotalCount))
        );
        run.Fit();
        Assert.True(counts[^1] - counts[5] <= 10, string.Join(' ', counts)); // a best epoch is kept at some times, not at others
    }

    /// <summary>A loss whose value is a number and whose gradient is none: where |x| = 0, its root has no slope.</summary>
    static LossFunction Steep(int from)
    {
        var calls = 0;
        return new(
            "Steep",
            (x, y) =>
            {
                var loss = nn.functional.cross_entropy(x, y);
                return ++calls >= from ? loss + (x - x.detach()).abs().sqrt().sum() : loss;
            }
        );
    }

    [Theory]
    [InlineData(5)] // the last update of an epoch
    [InlineData(7)] // in the midst of one
    public void Weights_that_are_no_numbers_are_told_and_overwrite_nothing(int broken)
    {
        using var folder = new TemporaryFolder();
        using var run = new TestRun();
        using var trainer = new Trainer(
            run.Model,
            Steep(broken),
            Optimizers.Factory("sgd", 0.1),
            TestRun.Options() with
            {
                ClipNorm = null,
            },
            new CheckpointCallback(folder.File("last"), folder.File("best"), new("train_loss"), everyUpdates: 1),
            new KeepCheckpoints(folder.File("all"))
        );
        Assert.Contains("linear0.weight", Refusal(() => trainer.Fit(run.Train)));
        using var good = new TestRun(null, "sgd");
        Checkpoint.Load(folder.File("last"), good.Trainer);
        Assert.Equal(broken - 1, good.Trainer.Position.Step);
        Assert.True(good.Trainer.Evaluate(run.Train).Loss < 1);
        Assert.Equal(broken > 5, Checkpoint.Exists(folder.File("best")));
        Assert.Equal(broken > 5 ? 1 : 0, KeepCheckpoints.All(folder.File("all")).Count);
    }

    [Fact]
    public void A_gradient_without_end_is_not_clipped_into_a_number()
    {
        using var run = new TestRun();
        var before = run.Bits();
        using var trainer = new Trainer(run.Model, Steep(1), Optimizers.Factory("sgd", 0.1), TestRun.Options());
        Assert.Contains(
            "the gradient of Steep is not finite in epoch 1, step 1",
            Refusal(() => trainer.Fit(run.Train))
        );
        Assert.Equal(before, run.Bits());
    }

    [Fact]
    public void What_cannot_be_measured_is_said_and_is_never_the_best()
    {
        using var run = new TestRun();
        using var oneClass = new TensorSet(run.Train.Inputs.alias(), zeros(70, int64));
        var metrics = new CombinedMetrics(new AucMetric(), new ClassificationMetrics(["low", "high"]));
        using var trainer = new Trainer(
            run.Model,
            nn.CrossEntropyLoss(),
            Optimizers.Factory("sgd", 0.1),
            TestRun.Options() with
            {
                Metrics = metrics,
            },
            new EarlyStopping(2, new("auc"))
        );
        var report = trainer.Evaluate(oneClass).Report!;
        Assert.Contains("only one class", Assert.Single(report.Notes));
        Assert.Empty(trainer.Evaluate(run.Train).Report!.Notes);
        Assert.Contains("'auc' is NaN in every epoch", Refusal(() => trainer.Fit(run.Train, oneClass)));

        EpochRecord Record(double auc) => new(1, 1, 1, 1, 1, new Dictionary<string, double> { ["auc"] = auc }, 1, 1);
        var monitor = new Monitor("auc");
        Assert.Equal(1, monitor.Best([Record(double.NaN), Record(0.4), Record(double.NaN), Record(0.3)]));
        Assert.Equal(
            0.1,
            new PlateauSchedule(1, Monitor: monitor).Factor(
                0,
                0,
                [Record(0.5), Record(double.NaN), Record(double.NaN)]
            ),
            1e-12
        );
        Assert.Equal(
            1,
            new PlateauSchedule(1, Monitor: monitor).Factor(0, 0, [Record(double.NaN), Record(0.5), Record(0.6)])
        );
    }

    [Fact]
    public void Measures_of_nothing_say_so()
    {
        static IReadOnlyList<string> Notes(ITaskMetrics metrics, Tensor outputs, Tensor targets) =>
            metrics.Measure(outputs, targets).Notes;
        using var scope = NewDisposeScope();
        Assert.Contains("same", Assert.Single(Notes(new RegressionMetrics(), rand(3, 1), ones(3, 1))));
        Assert.Contains("0", Assert.Single(Notes(new MapeMetric(), rand(3, 1), zeros(3, 1))));
        Assert.Contains("another", Assert.Single(Notes(new RPrecisionMetric(), rand(3, 2), arange(3))));
        Assert.Empty(Notes(new RegressionMetrics(), rand(3, 1), rand(3, 1)));
    }

    [Fact]
    public void A_run_whose_time_is_over_goes_on_as_if_it_had_had_more()
    {
        using var folder = new TemporaryFolder();
        using var whole = new TestRun();
        whole.Fit();
        var runs = 0;
        while (true)
        {
            using var run = new TestRun(
                TestRun.Options() with
                {
                    MaxTime = TimeSpan.FromMilliseconds(1),
                },
                "adamw",
                new CheckpointCallback(folder.File("last")),
                new ProgressCallback(_ => Thread.Sleep(2))
            );
            if (Checkpoint.Exists(folder.File("last")))
                Checkpoint.Load(folder.File("last"), run.Trainer);
            runs++;
            if (run.Fit().Reason != StopReason.Finished)
                continue;
            Assert.Equal(whole.Bits(), run.Bits());
            Assert.InRange(runs, 10, 25);
            return;
        }
    }

    [Fact]
    public void The_learning_rate_goes_on_where_it_was()
    {
        using var folder = new TemporaryFolder();
        foreach (var name in LearningRateSchedule.Names)
        {
            var options = TestRun.Options() with { Schedule = LearningRateSchedule.Parse(name) };
            var (expected, actual) = (new List<double>(), new List<double>());
            using (
                var whole = new TestRun(
                    options,
                    "sgd",
                    new ProgressCallback(report => expected.Add(report.LearningRate))
                )
            )
                whole.Fit();
            foreach (var cut in new long[] { 3, 5, 12, 20 })
            {
                using var part = new TestRun(
                    options with
                    {
                        MaxSteps = cut,
                    },
                    "sgd",
                    new CheckpointCallback(folder.File(name)),
                    new ProgressCallback(report => actual.Add(report.LearningRate))
                );
                if (Checkpoint.Exists(folder.File(name)))
                    Assert.Empty(Checkpoint.Load(folder.File(name), part.Trainer));
                part.Fit();
            }
            Assert.Equal(expected, actual);
        }
    }

    [Fact]
    public void More_epochs_than_the_run_began_with_are_noted_where_the_rate_depends_on_them()
    {
        using var folder = new TemporaryFolder();
        foreach (
            var (schedule, notes) in new (LearningRateSchedule, int)[]
            {
                (new CosineSchedule(), 1),
                (new ConstantSchedule(), 0),
            }
        )
        {
            var options = TestRun.Options() with { Schedule = schedule };
            using var run = new TestRun(options);
            Checkpoint.Save(folder.File("c"), run.Trainer);
            using var longer = new TestRun(options with { Epochs = 8 });
            Assert.Equal(notes, Checkpoint.Load(folder.File("c"), longer.Trainer).Count);
        }
    }

    [Fact]
    public void A_cancelled_fit_goes_on_with_the_same_trainer()
    {
        using var whole = new TestRun(null, "adamw", new EarlyStopping(0));
        whole.Fit();
        using var cancel = new CancellationTokenSource();
        using var stopping = new EarlyStopping(0);
        using var run = new TestRun(
            null,
            "adamw",
            stopping,
            new ProgressCallback(report =>
            {
                if (report.Step == 12)
                    cancel.Cancel();
            })
        );
        Assert.Equal(StopReason.Cancelled, run.Trainer.Fit(run.Train, run.Train, cancel.Token).Reason);
        run.Fit();
        Assert.Equal(whole.Bits(), run.Bits());
    }

    [Fact]
    public void A_run_that_is_done_stays_as_it_is()
    {
        using var folder = new TemporaryFolder();
        TestRun New() => new(null, "adamw", new CheckpointCallback(folder.File("last")));
        using var done = New();
        done.Fit();
        using var again = New();
        Checkpoint.Load(folder.File("last"), again.Trainer);
        var result = again.Fit();
        Assert.Equal((StopReason.Finished, 4), (result.Reason, result.History.Count));
        Assert.Equal(done.Bits(), again.Bits());
    }
}
