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

    const string Focal = nameof(SoftmaxFocalLoss);

    static readonly string[] Adjusted = [nameof(ClassBalancedLoss), Deferred, nameof(LogitAdjustedLoss)];
    static readonly string[] Names =
    [
        Entropy,
        Focal,
        nameof(ClassBalancedLoss),
        nameof(LDAMLoss),
        Deferred,
        nameof(LogitAdjustedLoss),
        nameof(BalancedSoftmaxLoss),
    ];
    static readonly double[] Rates = [1e-3, 3e-3, 1e-2];
    static readonly double[] Gammas = [2, 1, 5];

    public override string Name => "imbalance";

    public override string About =>
        "Seattle weather, of whose days 49 % are sunny and 2 % bring snow: which loss finds the rare classes?";

    public override Findings Run(ApplicationContext context)
    {
        using var one = new FewThreads(0);
        var scores = new Scores(Balanced, Rare, Accuracy);
        var recalls = new Dictionary<string, List<double[]>>(StringComparer.Ordinal);
        string[] classes = [];
        var choices = new Choices(context);
        foreach (var seed in context.Seeds(8))
        {
            using var scope = NewDisposeScope();
            using var task = Open(seed);
            using var parts = Parts.Cut(task.Train, task.Validation, seed);
            classes = [.. task.ClassNames];
            var counts = ClassCounts.Of(task.Train.Targets, task.Outputs);
            scores.Add(Majority, Constant(task));
            foreach (var name in Names)
            {
                var outputs = choices.Predict(
                    name == Focal ? $"{name}, rate and gamma" : $"{name}, rate",
                    parts,
                    [
                        .. from gamma in name == Focal ? Gammas : Gammas[..1]
                        from rate in Rates
                        select new Setting(name, rate, gamma),
                    ],
                    (setting, train, inputs) => Learn(setting, task, train, inputs, context, seed),
                    (outputs, targets) => 1 - Report(task, outputs, targets).Classes.Average(c => c.Recall)
                );
                var report = Report(task, outputs, parts.Test.Targets);
                scores.Add(name, Measure(report, counts));
                recalls.TryAdd(name, []);
                recalls[name].Add([.. report.Classes.Select(c => c.Recall)]);
                context.Say($"seed {seed}: {name} {scores.Of(name, Balanced)[^1]:0.000}");
            }
        }

        return new(
            ["loss", Balanced, Rare, Accuracy],
            scores.Rows,
            Claims(scores),
            [("recall", Picture(classes, recalls)), ("balanced", Bars(scores))]
        )
        {
            Notes = choices.Notes,
        };
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

    static nn.Module<Tensor, Tensor, Tensor> Loss(Setting setting, ClassCounts counts, int epochs) =>
        setting.Loss switch
        {
            Entropy => nn.CrossEntropyLoss(),
            Focal => new SoftmaxFocalLoss(gamma: setting.Gamma),
            nameof(ClassBalancedLoss) => new ClassBalancedLoss(counts),
            nameof(LDAMLoss) => new LDAMLoss(counts),
            Deferred => new ScheduledLoss(new LDAMLoss(counts)).Bind(
                "weight",
                new DRWScheduler(counts, epochs * 3 / 5).At
            ),
            nameof(LogitAdjustedLoss) => new LogitAdjustedLoss(counts),
            _ => new BalancedSoftmaxLoss(counts),
        };

    static Tensor Learn(
        Setting setting,
        TabularTask task,
        TensorSet train,
        Tensor inputs,
        ApplicationContext context,
        long seed
    )
    {
        using var loss = Loss(setting, ClassCounts.Of(train.Targets, task.Outputs), context.Times(Epochs));
        using var model = Model(setting.Loss is nameof(LDAMLoss) or Deferred, task, seed);
        return new Learning(context, Epochs, setting.Rate, Batch: 64, Decay: 0.01).Predict(
            model,
            loss,
            train,
            inputs,
            seed,
            _ => (loss as ScheduledLoss)?.step()
        );
    }

    /// <summary>Margins are lengths on the unit sphere, hence LDAM has a head of cosines, as in its paper.</summary>
    static nn.Module<Tensor, Tensor> Model(bool cosine, TabularTask task, long seed) =>
        cosine
            ? nn.Sequential(
                Models.Mlp(task.Inputs, Hidden, [], seed: seed),
                nn.ReLU(),
                new CosineHead(Hidden, task.Outputs, seed)
            )
            : Models.Mlp(task.Inputs, task.Outputs, [Hidden], seed: seed);

    static ClassReport Report(TabularTask task, Tensor outputs, Tensor targets) =>
        (ClassReport)task.Metrics.Measure(outputs, targets);

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
            scores.Better(nameof(LogitAdjustedLoss), Focal, Balanced),
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

    /// <summary>What is chosen for a loss.</summary>
    sealed record Setting(string Loss, double Rate, double Gamma)
    {
        public override string ToString() => Loss == Focal ? $"{Rate} and {Gamma}" : $"{Rate}";
    }
}
