namespace TorchLoss.Training.Tests;

public sealed class TrainerTests
{
    [Fact]
    public void The_same_seed_gives_the_same_bits_whatever_else_is_drawn()
    {
        using var one = new TestRun();
        using var two = new TestRun(null, "adamw", new ProgressCallback(_ => rand(3).Dispose()));
        one.Fit();
        two.Fit();
        Assert.Equal(one.Bits(), two.Bits());
        using var three = new TestRun(TestRun.Options() with { Seed = 12 });
        three.Fit();
        Assert.NotEqual(one.Bits(), three.Bits());
    }

    [Fact]
    public void The_same_bits_wherever_the_inputs_lie_in_memory()
    {
        using var model = Models.Linear(10, 1);
        using var loss = nn.MSELoss();
        using var trainer = new Trainer(model, loss, Optimizers.Factory("sgd", 0.01), new() { BatchSize = 100 });
        var random = new Random(1);
        float[] values = [.. Enumerable.Range(0, 880).Select(_ => random.NextSingle())];
        var between = new List<byte[]>();
        var seen = new HashSet<string>();
        for (var i = 0; i < 100; i++)
        {
            between.Add(new byte[8 * (i % 17) + 1]); // the next array begins elsewhere
            using var data = new TensorSet(tensor((float[])values.Clone(), 88, 10), zeros(88, 1));
            using var outputs = trainer.Predict(data.Inputs);
            seen.Add($"{Convert.ToHexString(outputs.bytes)} {trainer.Evaluate(data).Loss:R}");
        }
        GC.KeepAlive(between);
        Assert.Single(seen);
    }

    [Fact]
    public void Learns()
    {
        using var run = new TestRun(TestRun.Options() with { Epochs = 60 });
        var result = run.Fit();
        Assert.Equal((StopReason.Finished, 60), (result.Reason, result.History.Count));
        Assert.True(result.History[^1].Value("accuracy") > 0.95);
        Assert.True(result.History[^1].TrainLoss < result.History[0].TrainLoss);
        var evaluation = run.Trainer.Evaluate(run.Train);
        Assert.Equal(result.History[^1].ValidationLoss, evaluation.Loss);
        using var outputs = run.Trainer.Predict(run.Train.Inputs);
        Assert.Equal([70L, 2], outputs.shape);
    }

    [Fact]
    public void No_tensor_outlives_a_step()
    {
        var counts = new List<long>();
        using var watched = new TestRun(
            TestRun.Options() with
            {
                Epochs = 40,
                CheckGradients = true,
                ClipValue = 1,
                Accumulate = 2,
            },
            "adamw",
            new ProgressCallback(onEpoch: _ => counts.Add(Tensor.TotalCount))
        );
        watched.Fit();
        Assert.True(counts[^1] - counts[5] <= 2, string.Join(' ', counts));
    }

    [Theory]
    [InlineData(10, 7, Reduction.Mean)]
    [InlineData(32, 3, Reduction.Mean)]
    [InlineData(16, 5, Reduction.Sum)]
    public void Accumulated_batches_have_the_gradient_of_one(int size, int accumulate, Reduction reduction)
    {
        var whole = Trained(70, 1, reduction);
        var parts = Trained(size, accumulate, reduction);
        Assert.All(whole.Zip(parts), pair => Assert.Equal(pair.First, pair.Second, 1e-10));
    }

    static double[] Trained(int batch, int accumulate, Reduction reduction)
    {
        using var run = new TestRun();
        using var model = Models.Linear(6, 2, 1).to(float64);
        using var loss = nn.CrossEntropyLoss(reduction: reduction);
        using var train = new TensorSet(run.Train.Inputs.to(float64), run.Train.Targets.alias());
        var options = new TrainerOptions
        {
            Epochs = 3,
            BatchSize = batch,
            Accumulate = accumulate,
            LossReduction = reduction,
        };
        using var trainer = new Trainer(model, loss, Optimizers.Factory("sgd", 0.01), options);
        trainer.Fit(train);
        return [.. model.parameters().SelectMany(parameter => parameter.data<double>().ToArray())];
    }

    [Fact]
    public void A_loss_that_is_not_finite_is_named_with_its_place()
    {
        using var run = new TestRun();
        var calls = 0;
        var loss = new LossFunction(
            "Broken",
            (x, y) => nn.functional.cross_entropy(x, y) * (++calls == 7 ? double.NaN : 1)
        );
        using var trainer = new Trainer(run.Model, loss, Optimizers.Factory("sgd", 0.1), TestRun.Options());
        var error = Assert.Throws<TrainingException>(() => trainer.Fit(run.Train));
        Assert.Equal("the loss Broken is NaN in epoch 2, batch 2", error.Message);
    }

    [Fact]
    public void A_gradient_that_is_not_finite_is_named_with_its_parameter()
    {
        using var run = new TestRun();
        var loss = new LossFunction("Root", (x, y) => (x - x.detach()).abs().pow(0.5).sum());
        using var trainer = new Trainer(
            run.Model,
            loss,
            Optimizers.Factory("sgd", 0.1),
            TestRun.Options() with
            {
                CheckGradients = true,
            }
        );
        var error = Assert.Throws<TrainingException>(() => trainer.Fit(run.Train));
        Assert.Contains(
            "Root for linear0.weight is not finite in epoch 1, step 1",
            error.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_named()
    {
        using var run = new TestRun();
        using var trainer = new Trainer(
            run.Model,
            nn.CrossEntropyLoss(),
            Optimizers.Factory("sgd", 0.1),
            TestRun.Options()
        );
        using var narrow = new TensorSet(rand(8, 3), zeros(8, int64));
        Assert.Contains(
            "the model refused inputs [8, 3]",
            Refusal(() => trainer.Fit(narrow)),
            StringComparison.Ordinal
        );
        using var far = new TensorSet(rand(8, 6), full(8, 5, int64));
        Assert.Contains("CrossEntropyLoss refused", Refusal(() => trainer.Fit(far)), StringComparison.Ordinal);
        using var each = new Trainer(
            run.Model,
            nn.CrossEntropyLoss(reduction: Reduction.None),
            Optimizers.Factory("sgd", 0.1),
            TestRun.Options()
        );
        Assert.Contains("use reduction mean or sum", Refusal(() => each.Fit(run.Train)), StringComparison.Ordinal);
    }

    static string Refusal(Action action) => Assert.Throws<TrainingException>(action).Message;

    [Fact]
    public void Options_out_of_range_are_refused_by_name()
    {
        using var run = new TestRun();
        foreach (
            var options in new TrainerOptions[]
            {
                new() { Epochs = -1 },
                new() { BatchSize = 0 },
                new() { Accumulate = 0 },
                new() { ClipNorm = 0 },
                new() { ClipValue = double.NaN },
                new() { LossReduction = Reduction.None },
            }
        )
        {
            Assert.Throws<ArgumentException>(() =>
                new Trainer(run.Model, nn.CrossEntropyLoss(), Optimizers.Factory("sgd", 0.1), options)
            );
        }
        Assert.Contains("adamw", Assert.Throws<ArgumentException>(() => Optimizers.Factory("adm", 1)).Message);
        Assert.Throws<ArgumentException>(() => Optimizers.Factory("adam", -1));
        Assert.Throws<ArgumentException>(() => Devices.Parse("gpu"));
        Assert.Throws<ArgumentException>(() => LearningRateSchedule.Parse("cos"));
    }

    [Fact]
    public void Early_stopping_gives_the_best_weights_back()
    {
        var best = "";
        var lowest = double.PositiveInfinity;
        TestRun? run = null;
        var watch = new ProgressCallback(onEpoch: record =>
        {
            if (!(record.ValidationLoss < lowest))
                return;
            lowest = record.ValidationLoss.Value;
            best = run!.Bits();
        });
        using var stopping = new EarlyStopping(3);
        using (
            run = new TestRun(
                TestRun.Options() with
                {
                    Epochs = 300,
                    Schedule = new ConstantSchedule(),
                },
                "adam",
                watch,
                stopping
            )
        )
        {
            using var other = new TestRun();
            using var held = new TensorSet(other.Train.Inputs + 0.3, other.Train.Targets.roll(3));
            var result = run.Trainer.Fit(run.Train, held);
            Assert.Equal(StopReason.Stopped, result.Reason);
            Assert.Equal(3, result.History.Count - stopping.BestEpoch);
            Assert.Equal(best, run.Bits());
        }
    }

    [Fact]
    public void Cancelling_stops_after_an_update()
    {
        using var cancel = new CancellationTokenSource();
        using var run = new TestRun(
            null,
            "adamw",
            new ProgressCallback(report =>
            {
                if (report.Step == 7)
                    cancel.Cancel();
            })
        );
        var result = run.Trainer.Fit(run.Train, null, cancel.Token);
        Assert.Equal(
            (StopReason.Cancelled, 7L, 2),
            (result.Reason, run.Trainer.Position.Step, run.Trainer.Position.Batch)
        );
    }

    [Fact]
    public void A_loss_that_learns_is_trained()
    {
        using var run = new TestRun();
        using var loss = new Scaled();
        using var trainer = new Trainer(run.Model, loss, Optimizers.Factory("adam", 0.1), TestRun.Options());
        trainer.Fit(run.Train);
        Assert.NotEqual(1, loss.Scale.item<float>());
    }

    internal sealed class Scaled : nn.Module<Tensor, Tensor, Tensor>
    {
        public Scaled()
            : base("scaled")
        {
            Scale = nn.Parameter(ones(1));
            RegisterComponents();
        }

        public TorchSharp.Modules.Parameter Scale { get; }

        public override Tensor forward(Tensor x, Tensor y)
        {
            using var scope = NewDisposeScope();
            return (nn.functional.cross_entropy(x * Scale, y) + Scale.pow(2).sum()).MoveToOuterDisposeScope();
        }
    }
}
