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

    const string Stopped = Entropy + ", stopped in time";

    /// <summary>What there is to choose from for each loss; the papers' own settings come first.</summary>
    static readonly (string Name, Setting[] Settings)[] Settings =
    [
        (Clean, [new("", Epochs, () => nn.CrossEntropyLoss())]),
        (Entropy, [new("", Epochs, () => nn.CrossEntropyLoss())]),
        (
            Stopped,
            [
                .. ((int[])[30, 5, 10, 20, 60]).Select(epochs => new Setting(
                    $"{epochs} epochs",
                    epochs,
                    () => nn.CrossEntropyLoss()
                )),
            ]
        ),
        (
            nameof(GeneralizedCrossEntropyLoss),
            [
                .. ((double[])[0.7, 0.9]).Select(q => new Setting(
                    $"q {q}",
                    Epochs,
                    () => new GeneralizedCrossEntropyLoss(q)
                )),
            ]
        ),
        (
            nameof(SymmetricCrossEntropyLoss),
            [
                .. ((double[])[0.1, 0.01, 1]).Select(alpha => new Setting(
                    $"alpha {alpha}, beta 1",
                    Epochs,
                    () => new SymmetricCrossEntropyLoss(alpha, 1)
                )),
            ]
        ),
        (
            nameof(BiTemperedLogisticLoss),
            [
                .. (((double, double)[])[(0.2, 4), (0.5, 2), (0.8, 1.4)]).Select(t => new Setting(
                    $"t1 {t.Item1}, t2 {t.Item2}",
                    Epochs,
                    () => new BiTemperedLogisticLoss(t.Item1, t.Item2)
                )),
            ]
        ),
    ];

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
        var choices = new Choices(context);
        foreach (var seed in context.Seeds(5))
        {
            using var task = Open(seed);
            using var noisy = task.Train.WithTargets(labels => Flip(labels, task.Outputs, seed));
            using var parts = Parts.Cut(noisy, task.Validation, seed);
            foreach (var (name, settings) in Settings)
            {
                // The validation part is as wrong as the rest: who has clean labels to choose by would learn from them.
                var chosen = choices.Make(name, settings, setting => 1 - Learn(setting, parts.Train, parts.Choice)[^1]);
                var memorised = double.NaN;
                var accuracy = Learn(
                    chosen,
                    name == Clean ? task.Train : noisy,
                    task.Validation,
                    trainer => memorised = Repeated(trainer, task, noisy)
                );
                scores.Add(name, accuracy[^1], accuracy.Max(), memorised);
                if (name != Stopped)
                {
                    curves.TryAdd(name, []);
                    curves[name].Add(accuracy);
                }

                context.Say($"seed {seed}: {name} {accuracy[^1]:0.000}");
            }

            double[] Learn(Setting setting, TensorSet train, TensorSet validation, Action<Trainer>? then = null) =>
                Train(task, setting, train, validation, context, seed, then);
        }

        return new(["loss", Final, Best, Memorised], scores.Rows, Claims(scores), [("accuracy", Picture(curves))])
        {
            Notes = [.. Robust.Select(name => scores.NotWorse(name, Stopped, Final).Text), .. choices.Notes],
        };
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

    /// <summary>Accuracy on a part after each epoch.</summary>
    static double[] Train(
        TabularTask task,
        Setting setting,
        TensorSet train,
        TensorSet part,
        ApplicationContext context,
        long seed,
        Action<Trainer>? then
    )
    {
        using var loss = setting.Loss();
        using var model = Models.Mlp(task.Inputs, task.Outputs, [256], seed: seed);
        using var trainer = new Trainer(
            model,
            loss,
            Optimizers.Factory("adam", 1e-3),
            new()
            {
                Epochs = context.Times(setting.Epochs),
                BatchSize = 64,
                Seed = seed,
                Metrics = task.Metrics,
            }
        );
        var history = trainer.Fit(train, part, context.Cancel).History;
        then?.Invoke(trainer);
        return [.. history.Select(epoch => epoch.Metrics["accuracy"])];
    }

    /// <summary>The share of the wrong labels that a model repeats.</summary>
    static double Repeated(Trainer trainer, TabularTask task, TensorSet noisy)
    {
        using var scope = NewDisposeScope();
        var wrong = noisy.Targets.ne(task.Train.Targets);
        var repeated = trainer.Predict(task.Train.Inputs).argmax(1).eq(noisy.Targets).logical_and(wrong);
        return repeated.sum().ToDouble() / wrong.sum().ToDouble();
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

    /// <summary>What is chosen for a loss.</summary>
    sealed record Setting(string Text, int Epochs, Func<nn.Module<Tensor, Tensor, Tensor>> Loss)
    {
        public override string ToString() => Text;
    }
}
