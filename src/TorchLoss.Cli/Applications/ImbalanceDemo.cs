using TorchLoss.Cli.Runs;
using TorchLoss.Reporting;
using TorchLoss.Training;

namespace TorchLoss.Cli.Applications;

/// <summary>Rare classes: losses that know how rare they are against cross entropy, on the weather of Seattle.</summary>
sealed class ImbalanceDemo : Application
{
    const int Epochs = 60;
    const int Hidden = 64;
    const string Balanced = "balanced accuracy";
    const string Rare = "recall of rare classes";
    const string Accuracy = "accuracy";
    const string Majority = "always the most frequent class";
    const string Entropy = nameof(TorchSharp.Modules.CrossEntropyLoss);
    const string Deferred = "LDAMLoss + DRWScheduler";
    const double RareShare = 0.1;

    static readonly string[] Adjusted = [nameof(ClassBalancedLoss), Deferred, nameof(LogitAdjustedLoss)];

    public override string Name => "imbalance";

    public override string About =>
        "Seattle weather, of whose days 49 % are sunny and 2 % bring snow: which loss finds the rare classes?";

    public override Findings Run(ApplicationContext context)
    {
        using var one = new FewThreads(0);
        var scores = new Scores(Balanced, Rare, Accuracy);
        var recalls = new Dictionary<string, List<double[]>>(StringComparer.Ordinal);
        string[] classes = [];
        for (var i = 0; i < context.Times(5); i++)
        {
            using var task = Open(context.Seed + i);
            classes = [.. task.ClassNames];
            var counts = ClassCounts.Of(task.Train.Targets, task.Outputs);
            scores.Add(Majority, Constant(task));
            foreach (var (name, loss, cosine) in Losses(counts, context.Times(Epochs)))
            {
                using var _ = loss;
                var report = Train(task, loss, cosine, context, context.Seed + i);
                scores.Add(name, Measure(report, counts));
                recalls.TryAdd(name, []);
                recalls[name].Add([.. report.Classes.Select(c => c.Recall)]);
                context.Say($"seed {context.Seed + i}: {name} {scores.Of(name, Balanced)[^1]:0.000}");
            }
        }

        return new(
            ["loss", Balanced, Rare, Accuracy],
            scores.Rows,
            Claims(scores),
            [("recall", Picture(classes, recalls)), ("balanced", Bars(scores))]
        );
    }

    static TabularTask Open(long seed)
    {
        var set = BuiltInData.Find("seattle_weather")!;
        return TabularTask.Prepare(
            set.Open(),
            new()
            {
                Target = set.Target!,
                Ignore = set.Ignore,
                ValidationShare = 0.3,
                Seed = seed,
            }
        );
    }

    /// <summary>Margins are lengths on the unit sphere, hence LDAM has a head of cosines, as in its paper.</summary>
    static IEnumerable<(string Name, nn.Module<Tensor, Tensor, Tensor> Loss, bool Cosine)> Losses(
        ClassCounts counts,
        int epochs
    )
    {
        var start = epochs * 3 / 5;
        yield return (Entropy, nn.CrossEntropyLoss(), false);
        yield return (nameof(SoftmaxFocalLoss), new SoftmaxFocalLoss(), false);
        yield return (nameof(ClassBalancedLoss), new ClassBalancedLoss(counts), false);
        yield return ("LDAMLoss", new LDAMLoss(counts), true);
        yield return (
            Deferred,
            new ScheduledLoss(new LDAMLoss(counts)).Bind("weight", new DRWScheduler(counts, start).At),
            true
        );
        yield return (nameof(LogitAdjustedLoss), new LogitAdjustedLoss(counts), false);
        yield return (nameof(BalancedSoftmaxLoss), new BalancedSoftmaxLoss(counts), false);
    }

    static ClassReport Train(
        TabularTask task,
        nn.Module<Tensor, Tensor, Tensor> loss,
        bool cosine,
        ApplicationContext context,
        long seed
    )
    {
        using var model = cosine
            ? nn.Sequential(
                Models.Mlp(task.Inputs, Hidden, [], seed: seed),
                nn.ReLU(),
                new CosineHead(Hidden, task.Outputs, seed)
            )
            : Models.Mlp(task.Inputs, task.Outputs, [Hidden], seed: seed);
        using var trainer = new Trainer(
            model,
            loss,
            Optimizers.Factory("adamw", 3e-3, 0.01),
            new()
            {
                Epochs = context.Times(Epochs),
                BatchSize = 64,
                Seed = seed,
                Schedule = new CosineSchedule(0.01),
                Metrics = task.Metrics,
            },
            new ProgressCallback(onEpoch: _ => (loss as ScheduledLoss)?.step())
        );
        trainer.Fit(task.Train, cancel: context.Cancel);
        return (ClassReport)trainer.Evaluate(task.Validation).Report!;
    }

    static double[] Measure(ClassReport report, ClassCounts counts)
    {
        var limit = counts.Sum() * RareShare;
        return
        [
            report.Classes.Average(c => c.Recall),
            report.Classes.Where((_, i) => counts[i] < limit).Average(c => c.Recall),
            report.Values["accuracy"],
        ];
    }

    static double[] Constant(TabularTask task)
    {
        var counts = ClassCounts.Of(task.Validation.Targets, task.Outputs);
        return [1.0 / counts.Count, 0, (double)counts.Max() / counts.Sum()];
    }

    static IReadOnlyList<Claim> Claims(Scores scores)
    {
        var price = scores.Better(Entropy, scores.Best(Adjusted, Balanced), Accuracy);
        return
        [
            scores.Better(Entropy, Majority, Balanced),
            .. Adjusted.Select(name => scores.Better(name, Entropy, Balanced)),
            .. Adjusted.Select(name => scores.Better(name, Entropy, Rare)),
            scores.Better(nameof(LogitAdjustedLoss), nameof(SoftmaxFocalLoss), Balanced),
            price with
            {
                Text = "Its price: " + price.Text,
            },
            new(
                "LogitAdjustedLoss with τ = 1 and BalancedSoftmaxLoss differ by a constant shift of the logits only, and decide alike",
                scores
                    .Of(nameof(LogitAdjustedLoss), Balanced)
                    .SequenceEqual(scores.Of(nameof(BalancedSoftmaxLoss), Balanced))
            ),
        ];
    }

    static BarChart Picture(string[] classes, Dictionary<string, List<double[]>> recalls) =>
        new()
        {
            Title = "Recall of each class, mean over the seeds",
            Names = classes,
            Series =
            [
                .. new[] { Entropy, nameof(LogitAdjustedLoss), Deferred }.Select(name => new BarSeries(
                    name,
                    [.. classes.Select((_, c) => recalls[name].Average(run => run[c]))]
                )),
            ],
            ValueLabel = "recall",
            Format = recall => $"{recall:0.00}",
        };

    static BarChart Bars(Scores scores) =>
        new()
        {
            Title = "Balanced accuracy, mean over the seeds",
            Names = scores.Names,
            Series = [new("", [.. scores.Names.Select(name => scores.Mean(name, Balanced))])],
            Horizontal = true,
            Format = value => $"{value:0.000}",
        };
}
