using TorchLoss.Cli.Runs;
using TorchLoss.Reporting;
using TorchLoss.Training;

namespace TorchLoss.Cli.Applications;

/// <summary>Wrong labels: robust losses against cross entropy, trained for so long that it learns the mistakes by heart.</summary>
sealed class NoiseDemo : Application
{
    const double Wrong = 0.4;
    const int Epochs = 120;
    const string Final = "test accuracy";
    const string Best = "best on the way";
    const string Memorised = "wrong labels learnt";
    const string Entropy = nameof(TorchSharp.Modules.CrossEntropyLoss);
    const string Clean = "CrossEntropyLoss, clean labels";

    static readonly string[] Robust =
    [
        nameof(GeneralizedCrossEntropyLoss),
        nameof(SymmetricCrossEntropyLoss),
        nameof(BiTemperedLogisticLoss),
    ];

    public override string Name => "noise";

    public override string About =>
        "Digits with 40 % of the training labels wrong: which loss learns the digits, which one the mistakes?";

    public override Findings Run(ApplicationContext context)
    {
        using var one = new FewThreads(0);
        var scores = new Scores(Final, Best, Memorised);
        var curves = new Dictionary<string, List<double[]>>(StringComparer.Ordinal);
        for (var i = 0; i < context.Times(3); i++)
        {
            var seed = context.Seed + i;
            using var task = Open(seed);
            using var noisy = task.Train.WithTargets(labels => Flip(labels, task.Outputs, seed));
            foreach (var (name, loss) in Losses())
            {
                using var _ = loss;
                var (accuracy, memorised) = Train(task, name == Clean ? task.Train : noisy, noisy, loss, context, seed);
                scores.Add(name, accuracy[^1], accuracy.Max(), memorised);
                curves.TryAdd(name, []);
                curves[name].Add(accuracy);
                context.Say($"seed {seed}: {name} {accuracy[^1]:0.000}");
            }
        }

        return new(["loss", Final, Best, Memorised], scores.Rows, Claims(scores), [("accuracy", Picture(curves))]);
    }

    static TabularTask Open(long seed)
    {
        var set = BuiltInData.Find("digits")!;
        return TabularTask.Prepare(
            set.Open(),
            new()
            {
                Target = set.Target!,
                ValidationShare = 0.4,
                Seed = seed,
            }
        );
    }

    /// <summary>Symmetric noise: a share of the labels, drawn at random, becomes any other class with equal chance.</summary>
    internal static Tensor Flip(Tensor labels, int classes, long seed)
    {
        var values = labels.data<long>().ToArray();
        var random = new Random((int)(seed % int.MaxValue));
        foreach (var row in Shuffle.Order(values.Length, seed, -1).Take((int)(Wrong * values.Length)))
        {
            values[row] = (values[row] + random.Next(1, classes)) % classes;
        }

        return tensor(values);
    }

    static IEnumerable<(string Name, nn.Module<Tensor, Tensor, Tensor> Loss)> Losses() =>
        [
            (Clean, nn.CrossEntropyLoss()),
            (Entropy, nn.CrossEntropyLoss()),
            (nameof(GeneralizedCrossEntropyLoss), new GeneralizedCrossEntropyLoss(q: 0.7)),
            (nameof(SymmetricCrossEntropyLoss), new SymmetricCrossEntropyLoss(alpha: 0.1, beta: 1)),
            (nameof(BiTemperedLogisticLoss), new BiTemperedLogisticLoss(t1: 0.2, t2: 4)),
        ];

    /// <summary>Accuracy on the test part after each epoch, and the share of the wrong labels that the model repeats at the end.</summary>
    static (double[] Accuracy, double Memorised) Train(
        TabularTask task,
        TensorSet train,
        TensorSet noisy,
        nn.Module<Tensor, Tensor, Tensor> loss,
        ApplicationContext context,
        long seed
    )
    {
        using var model = Models.Mlp(task.Inputs, task.Outputs, [256], seed: seed);
        using var trainer = new Trainer(
            model,
            loss,
            Optimizers.Factory("adam", 1e-3),
            new()
            {
                Epochs = context.Times(Epochs),
                BatchSize = 64,
                Seed = seed,
                Metrics = task.Metrics,
            }
        );
        var history = trainer.Fit(train, task.Validation, context.Cancel).History;
        using var scope = NewDisposeScope();
        var wrong = noisy.Targets.ne(task.Train.Targets);
        var repeated = trainer.Predict(task.Train.Inputs).argmax(1).eq(noisy.Targets).logical_and(wrong);
        return (
            [.. history.Select(epoch => epoch.Metrics["accuracy"])],
            repeated.sum().ToDouble() / wrong.sum().ToDouble()
        );
    }

    static IReadOnlyList<Claim> Claims(Scores scores) =>
        [
            new(
                $"{Entropy} falls from {scores.Mean(Entropy, Best):0.000} at its best to {scores.Mean(Entropy, Final):0.000} "
                    + $"at the end, while it learns {scores.Mean(Entropy, Memorised):0 %} of the wrong labels",
                scores.Mean(Entropy, Best) - scores.Mean(Entropy, Final) > 0.05
            ),
            scores.Better(Clean, Entropy, Final),
            .. Robust.Select(name => scores.Better(name, Entropy, Final)),
            .. Robust.Select(name => scores.Better(name, Entropy, Memorised, less: true)),
        ];

    static LineChart Picture(Dictionary<string, List<double[]>> curves) =>
        new()
        {
            Title = "Accuracy on clean test digits, mean over the seeds",
            Series =
            [
                .. curves.Select(curve =>
                    Series.Of(
                        curve.Key,
                        [.. Enumerable.Range(0, curve.Value[0].Length).Select(e => curve.Value.Average(run => run[e]))]
                    ) with
                    {
                        Dashed = curve.Key == Clean,
                    }
                ),
            ],
            XLabel = "epoch",
            YLabel = "accuracy",
            CountsX = true,
        };
}
