using TorchLoss.Cli.Runs;
using TorchLoss.Reporting;
using TorchLoss.Training;

namespace TorchLoss.Cli.Applications;

/// <summary>Ordered classes: losses that know the order against cross entropy, which takes every mistake for the same.</summary>
sealed class OrdinalDemo : Application
{
    const int Ranks = 8;
    const int Hidden = 32;
    const int Epochs = 60;
    const string Middle = "always the middle rank";
    const string Entropy = "cross entropy, likeliest rank";
    const string EntropyMiddle = "cross entropy, median rank";

    static readonly double[] Rates = [3e-3, 1e-2];
    static readonly string[] Data = ["diabetes", "cars"];
    static readonly string[] Methods = [Entropy, EntropyMiddle, nameof(CoralLoss), nameof(CornLoss)];
    static readonly string[] Ordered = [nameof(CoralLoss), nameof(CornLoss)];

    public override string Name => "ordinal";

    public override string About =>
        $"Progression of diabetes and mileage of cars in {Ranks} ranks: by how many ranks does a prediction miss?";

    public override Findings Run(ApplicationContext context)
    {
        using var one = new FewThreads(0);
        var scores = new Scores([.. Data.Select(Error)]);
        var choices = new Choices(context);
        foreach (var seed in context.Seeds(8))
        {
            var errors = Data.Select(data => Errors(data, choices, context, seed)).ToArray();
            foreach (var name in errors[0].Keys)
            {
                scores.Add(name, [.. errors.Select(error => error[name])]);
            }

            context.Say($"seed {seed}: {nameof(CornLoss)} {errors[0][nameof(CornLoss)]:0.00}");
        }

        return new(["loss", .. Data.Select(Error)], scores.Rows, Claims(scores), [("error", Picture(scores))])
        {
            Notes =
            [
                scores.NotWorse(nameof(CoralLoss), Entropy, Error(Data[1]), less: true).Text,
                .. Data.Select(data => scores.NotWorse(nameof(CornLoss), EntropyMiddle, Error(data), less: true).Text),
                .. choices.Notes,
            ],
        };
    }

    static string Error(string data) => $"ranks missed, {data}";

    /// <summary>The mean absolute errors of all models on a data set.</summary>
    static Dictionary<string, double> Errors(string data, Choices choices, ApplicationContext context, long seed)
    {
        using var scope = NewDisposeScope();
        var set = BuiltInData.Find(data)!;
        using var task = TabularTask.Prepare(
            set.Open(),
            new()
            {
                Target = set.Target!,
                Ignore = set.Ignore,
                ValidationShare = 0.25,
                Seed = seed,
            }
        );
        var limits = Limits(task.Train.Targets);
        using var known = task.Train.WithTargets(values => ToRanks(values, limits));
        using var test = task.Validation.WithTargets(values => ToRanks(values, limits));
        using var parts = Parts.Cut(known, test, seed);
        var errors = Methods.ToDictionary(
            name => name,
            name =>
                Miss(
                    choices.Predict(
                        $"{data}: {name}, rate",
                        parts,
                        Rates,
                        (rate, train, inputs) => Ranked(name, rate, train, inputs, context, seed),
                        Miss
                    ),
                    test.Targets
                ),
            StringComparer.Ordinal
        );
        errors[Middle] = Miss(full_like(test.Targets, Ranks / 2), test.Targets);
        return errors;
    }

    /// <summary>The ranks that a model says, in the way of its loss.</summary>
    static Tensor Ranked(
        string name,
        double rate,
        TensorSet train,
        Tensor inputs,
        ApplicationContext context,
        long seed
    )
    {
        using var coral = new CoralLoss();
        using var corn = new CornLoss();
        using var entropy = nn.CrossEntropyLoss();
        LossFunction loss = name switch
        {
            nameof(CoralLoss) => new(name, (logits, ranks) => coral.call(logits, CoralLoss.Levels(ranks, Ranks))),
            nameof(CornLoss) => corn,
            _ => entropy,
        };
        using var model = nn.Sequential(
            Models.Linear((int)inputs.shape[1], Hidden, seed + 1),
            nn.ReLU(),
            nn.Dropout(0.1),
            Head(name, seed)
        );
        var outputs = new Learning(context, Epochs, rate, Decay: 0.01).Predict(model, loss, train, inputs, seed);
        return name switch
        {
            nameof(CoralLoss) => CoralLoss.Predict(outputs),
            nameof(CornLoss) => CornLoss.Predict(outputs),
            EntropyMiddle => outputs.softmax(1).cumsum(1).lt(0.5).sum(1, type: int64),
            _ => outputs.argmax(1),
        };
    }

    static nn.Module<Tensor, Tensor> Head(string name, long seed) =>
        name switch
        {
            nameof(CoralLoss) => new CoralHead(Hidden, Ranks, seed),
            nameof(CornLoss) => Models.Linear(Hidden, Ranks - 1, seed),
            _ => Models.Linear(Hidden, Ranks, seed),
        };

    /// <summary>The values between ranks of equal size in the training part.</summary>
    static float[] Limits(Tensor values)
    {
        var sorted = values.data<float>().Order().ToArray();
        return [.. Enumerable.Range(1, Ranks - 1).Select(rank => sorted[rank * sorted.Length / Ranks])];
    }

    static Tensor ToRanks(Tensor values, float[] limits) =>
        tensor(values.data<float>().Select(value => (long)limits.Count(limit => value >= limit)).ToArray());

    static double Miss(Tensor ranks, Tensor truth)
    {
        using var scope = NewDisposeScope();
        return (ranks - truth).abs().to(float64).mean().ToDouble();
    }

    static IReadOnlyList<Claim> Claims(Scores scores)
    {
        var (diabetes, cars) = (Error(Data[0]), Error(Data[1]));
        return
        [
            .. Ordered.Select(name => scores.Better(name, Middle, diabetes, less: true)),
            .. Ordered.Select(name => scores.Better(name, Middle, cars, less: true)),
            .. Ordered.Select(name => scores.Better(name, Entropy, diabetes, less: true)),
            scores.Better(nameof(CornLoss), Entropy, cars, less: true),
            .. Data.Select(data => scores.Better(EntropyMiddle, Entropy, Error(data), less: true))
                .Select(claim => claim with { Text = "Order in the reading alone helps too: " + claim.Text }),
        ];
    }

    static BarChart Picture(Scores scores) =>
        new()
        {
            Title = "By how many ranks predictions miss, mean over the seeds",
            Names = scores.Names,
            Series =
            [
                .. Data.Select(data => new BarSeries(data, [.. scores.Names.Select(n => scores.Mean(n, Error(data)))])),
            ],
            Horizontal = true,
            ValueLabel = "mean absolute error in ranks",
            Format = value => $"{value:0.00}",
        };
}
