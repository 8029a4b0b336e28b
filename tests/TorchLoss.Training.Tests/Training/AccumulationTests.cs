namespace TorchLoss.Training.Tests;

/// <summary>Several small batches against one large one, in float64.</summary>
public sealed class AccumulationTests
{
    const int Rows = 36;
    const int Features = 6;
    const int Outputs = 4;

    static readonly Dictionary<string, Func<LossFunction>> _losses = new()
    {
        ["class weights"] = () => nn.CrossEntropyLoss(tensor([0.2, 3.0, 1.0, 7.0])),
        ["ignored targets"] = () => nn.CrossEntropyLoss(ignore_index: 1),
        ["a sum"] = () => nn.CrossEntropyLoss(reduction: Reduction.Sum),
        ["contrastive"] = () => nn.SupConLoss(),
        ["rescaled by the batch"] = () =>
            new LossFunction("Standardised", (x, y) => ((x - x.mean()) / x.std() * y.unsqueeze(1)).pow(2).mean()),
        ["learns itself"] = () => new Scaled(),
    };

    public static TheoryData<string, int, int> Cases
    {
        get
        {
            var cases = new TheoryData<string, int, int>();
            foreach (var name in _losses.Keys)
            {
                cases.Add(name, 12, 3); // even
                cases.Add(name, 10, 4); // the last of 4 batches has 6
                cases.Add(name, 35, 2); // the last has 1
            }
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Joined_batches_are_one_batch(string loss, int size, int accumulate)
    {
        var whole = Trained(Net, _losses[loss](), Options(loss, Rows, 1));
        var joined = Trained(
            Net,
            _losses[loss](),
            Options(loss, size, accumulate) with
            {
                Accumulation = Accumulation.Joined,
            }
        );
        Close(whole, joined);
        if (loss is "a sum" or "learns itself" || size == 35)
            return; // exact without being joined, or a batch of one, of which some of these losses are not a number
        var bySamples = Trained(Net, _losses[loss](), Options(loss, size, accumulate));
        Assert.Contains(whole.Zip(bySamples), pair => Math.Abs(pair.First - pair.Second) > 1e-8);
    }

    [Theory]
    [InlineData(Accumulation.BySamples)]
    [InlineData(Accumulation.Joined)]
    public void Weights_of_samples_divide_all_batches(Accumulation accumulation)
    {
        static LossFunction Loss() =>
            new(
                "Weighted",
                (x, y) => (x - y).pow(2).mean(),
                (x, y, w) => ((x - y).pow(2).mean([1]) * w).sum() / w.sum()
            );
        double[] Run(int size, int accumulate) =>
            Trained(
                Net,
                Loss(),
                Options("", size, accumulate) with
                {
                    Accumulation = accumulation,
                },
                weights: linspace(0, 3, Rows, dtype: float64),
                targets: y => y.unsqueeze(1).to(float64).expand(-1, Outputs)
            );
        Close(Run(Rows, 1), Run(10, 4));
    }

    /// <summary>Dropout drops the same units in both passes: what is left out depends on seed, epoch and batch alone.</summary>
    [Fact]
    public void Both_passes_drop_out_the_same_units()
    {
        var seen = new List<double[]>();
        using var dropout = new Watched(seen);
        Trained(
            () => nn.Sequential(nn.Linear(Features, Outputs), nn.Dropout(0.5), dropout),
            nn.CrossEntropyLoss(),
            Options("", 12, 3) with
            {
                Accumulation = Accumulation.Joined,
                Epochs = 1,
            }
        );
        Assert.Equal(6, seen.Count);
        for (var i = 0; i < 3; i++)
            Assert.Equal(seen[i], seen[i + 3]);
        Assert.NotEqual(seen[0], seen[1]);
    }

    [Fact]
    public void Running_statistics_of_batch_norm_change_once_per_batch()
    {
        double[] Run(Accumulation accumulation) =>
            Trained(
                () => nn.Sequential(nn.Linear(Features, 3), nn.BatchNorm1d(3), nn.Linear(3, Outputs)),
                nn.CrossEntropyLoss(reduction: Reduction.Sum),
                Options("a sum", 12, 3) with
                {
                    Accumulation = accumulation,
                }
            );
        // With a loss that adds up over batches anyway, joining must not change anything, statistics included.
        Close(Run(Accumulation.BySamples), Run(Accumulation.Joined));
    }

    [Fact]
    public void The_loss_of_an_epoch_is_that_of_the_joined_batches()
    {
        double Loss(TrainerOptions options)
        {
            using var data = Data(null, null);
            using var model = Net().to(float64);
            using var trainer = new Trainer(model, nn.SupConLoss(), Optimizers.Factory("sgd", 0.1), options);
            return trainer.Fit(data).History[0].TrainLoss;
        }
        var joined = Options("", 10, 4) with { Accumulation = Accumulation.Joined, Epochs = 1 };
        Assert.Equal(Loss(Options("", Rows, 1) with { Epochs = 1 }), Loss(joined), 1e-12);
    }

    [Fact]
    public void A_resumed_run_must_accumulate_in_the_same_way()
    {
        using var folder = new TemporaryFolder();
        var options = TestRun.Options() with { Accumulate = 2 };
        using var run = new TestRun(options);
        Checkpoint.Save(folder.File("c"), run.Trainer);
        using var other = new TestRun(options with { Accumulation = Accumulation.Joined });
        var error = Assert.Throws<CheckpointException>(() => Checkpoint.Load(folder.File("c"), other.Trainer));
        Assert.Contains("accumulation BySamples, not Joined", error.Message);
    }

    [Fact]
    public void A_joined_run_goes_on_bit_for_bit()
    {
        using var folder = new TemporaryFolder();
        var options = TestRun.Options() with { Accumulate = 2, Accumulation = Accumulation.Joined };
        using var whole = new TestRun(options);
        whole.Fit();
        using (var first = new TestRun(options with { MaxSteps = 5 }))
        {
            first.Fit();
            Checkpoint.Save(folder.File("c"), first.Trainer);
        }
        using var second = new TestRun(options);
        Checkpoint.Load(folder.File("c"), second.Trainer);
        second.Fit();
        Assert.Equal(whole.Bits(), second.Bits());
    }

    static TrainerOptions Options(string loss, int size, int accumulate) =>
        new()
        {
            Epochs = 3,
            BatchSize = size,
            Accumulate = accumulate,
            LossReduction = loss == "a sum" ? Reduction.Sum : Reduction.Mean,
        };

    static nn.Module<Tensor, Tensor> Net() => Models.Mlp(Features, Outputs, [5], 0, seed: 2);

    static TensorSet Data(Tensor? weights, Func<Tensor, Tensor>? targets)
    {
        var random = new Random(3);
        double[] inputs = [.. Enumerable.Range(0, Rows * Features).Select(_ => random.NextDouble() - 0.5)];
        var labels = tensor(Enumerable.Range(0, Rows).Select(_ => (long)random.Next(Outputs)).ToArray());
        return new(tensor(inputs, Rows, Features), targets?.Invoke(labels) ?? labels, weights);
    }

    /// <summary>All that was learnt and all that is kept.</summary>
    static double[] Trained(
        Func<nn.Module<Tensor, Tensor>> create,
        LossFunction loss,
        TrainerOptions options,
        Tensor? weights = null,
        Func<Tensor, Tensor>? targets = null
    )
    {
        using var generator = manual_seed(4);
        using var data = Data(weights, targets);
        using var model = create();
        model.to(float64);
        loss.Module?.to(float64);
        using var trainer = new Trainer(model, loss, Optimizers.Factory("sgd", 0.1), options);
        trainer.Fit(data);
        var kept = model.state_dict().Concat(loss.Module?.state_dict() ?? []).Select(pair => pair.Value);
        return [.. kept.SelectMany(value => value.to(float64).data<double>().ToArray())];
    }

    static void Close(double[] expected, double[] actual) =>
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-12));

    sealed class Scaled : nn.Module<Tensor, Tensor, Tensor>
    {
        readonly TorchSharp.Modules.Parameter scale = nn.Parameter(ones(1));

        public Scaled()
            : base("scaled") => RegisterComponents();

        public override Tensor forward(Tensor x, Tensor y)
        {
            using var scope = NewDisposeScope();
            return nn.functional.cross_entropy(x * scale, y).MoveToOuterDisposeScope();
        }
    }

    sealed class Watched(List<double[]> seen) : nn.Module<Tensor, Tensor>("watched")
    {
        public override Tensor forward(Tensor x)
        {
            seen.Add(x.eq(0).to(float64).data<double>().ToArray());
            return x.alias();
        }
    }
}
