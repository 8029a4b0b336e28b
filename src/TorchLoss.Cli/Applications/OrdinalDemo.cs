using TorchLoss.Cli.Runs;
using TorchLoss.Reporting;
using TorchLoss.Training;

namespace TorchLoss.Cli.Applications;

/// <summary>Ordered classes: losses that know the order against cross entropy, which takes every mistake for the same.</summary>
sealed class OrdinalDemo : Application
{
    const int Ranks = 8;
    const int Hidden = 32;
    const int Epochs = 100;
    const string Middle = "always the middle rank";
    const string Entropy = "cross entropy, likeliest rank";
    const string EntropyMiddle = "cross entropy, median rank";

    static readonly string[] Data = ["diabetes", "cars"];
    static readonly string[] Ordered = [nameof(CoralLoss), nameof(CornLoss)];

    public override string Name => "ordinal";

    public override string About =>
        $"Progression of diabetes and mileage of cars in {Ranks} ranks: by how many ranks does a prediction miss?";

    public override Findings Run(ApplicationContext context)
    {
        using var one = new FewThreads(0);
        var scores = new Scores([.. Data.Select(Error)]);
        for (var i = 0; i < context.Times(8); i++)
        {
            var errors = Data.Select(data => Errors(data, context, context.Seed + i)).ToArray();
            foreach (var name in errors[0].Keys)
            {
                scores.Add(name, [.. errors.Select(error => error[name])]);
            }

            context.Say($"seed {context.Seed + i}: {nameof(CornLoss)} {errors[0][nameof(CornLoss)]:0.00}");
        }

        return new(["loss", .. Data.Select(Error)], scores.Rows, Claims(scores), [("error", Picture(scores))]);
    }

    static string Error(string data) => $"ranks missed, {data}";

    /// <summary>The mean absolute errors of all models on a data set.</summary>
    static Dictionary<string, double> Errors(string data, ApplicationContext context, long seed)
    {
        var set = BuiltInData.Find(data)!;
        using var task = TabularTask.Prepare(
            set.Open(),
            new()
            {
                Target = set.Target!,
                Ignore = set.Ignore,
                ValidationShare = 0.3,
                Seed = seed,
            }
        );
        var limits = Limits(task.Train.Targets);
        using var train = task.Train.WithTargets(values => ToRanks(values, limits));
        using var test = task.Validation.WithTargets(values => ToRanks(values, limits));
        return Models(task.Inputs, seed)
            .SelectMany(one =>
            {
                using var outputs = Train(one.Model, one.Loss, train, test.Inputs, context, seed);
                return one.Read.Select(read => (read.Name, Miss(read.Ranks(outputs), test.Targets))).ToArray();
            })
            .ToDictionary(error => error.Name, error => error.Item2, StringComparer.Ordinal);
    }

    /// <summary>The models, each with its loss and the ways to read ranks from its outputs.</summary>
    static IEnumerable<(
        nn.Module<Tensor, Tensor> Model,
        LossFunction Loss,
        (string Name, Func<Tensor, Tensor> Ranks)[] Read
    )> Models(int inputs, long seed)
    {
        yield return (
            Net(Training.Models.Linear(Hidden, Ranks, seed)),
            nn.CrossEntropyLoss(),
            [
                (Middle, outputs => full(outputs.shape[0], Ranks / 2L, dtype: int64)),
                (Entropy, outputs => outputs.argmax(1)),
                (EntropyMiddle, outputs => outputs.softmax(1).cumsum(1).lt(0.5).sum(1, type: ScalarType.Int64)),
            ]
        );
        var coral = new CoralLoss();
        yield return (
            Net(new CoralHead(Hidden, Ranks, seed)),
            new(nameof(CoralLoss), (logits, ranks) => coral.call(logits, CoralLoss.Levels(ranks, Ranks))),
            [(nameof(CoralLoss), CoralLoss.Predict)]
        );
        yield return (
            Net(Training.Models.Linear(Hidden, Ranks - 1, seed)),
            new CornLoss(),
            [(nameof(CornLoss), CornLoss.Predict)]
        );

        nn.Module<Tensor, Tensor> Net(nn.Module<Tensor, Tensor> head) =>
            nn.Sequential(Training.Models.Linear(inputs, Hidden, seed + 1), nn.ReLU(), nn.Dropout(0.1), head);
    }

    static Tensor Train(
        nn.Module<Tensor, Tensor> model,
        LossFunction loss,
        TensorSet train,
        Tensor test,
        ApplicationContext context,
        long seed
    )
    {
        using var owned = model;
        using var module = loss.Module;
        using var trainer = new Trainer(
            model,
            loss,
            Optimizers.Factory("adamw", 1e-2, 0.01),
            new()
            {
                Epochs = context.Times(Epochs),
                BatchSize = 32,
                Seed = seed,
                Schedule = new CosineSchedule(0.01),
            }
        );
        trainer.Fit(train, cancel: context.Cancel);
        return trainer.Predict(test);
    }

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

    /// <summary>On cars, one score for all thresholds, as CORAL has it, gains nothing over cross entropy; it must not lose.</summary>
    static IReadOnlyList<Claim> Claims(Scores scores)
    {
        var (diabetes, cars) = (Error(Data[0]), Error(Data[1]));
        return
        [
            .. Ordered.Select(name => scores.Better(name, Middle, diabetes, less: true)),
            .. Ordered.Select(name => scores.Better(name, Middle, cars, less: true)),
            .. Ordered.Select(name => scores.Better(name, Entropy, diabetes, less: true)),
            scores.Better(nameof(CornLoss), Entropy, cars, less: true),
            scores.NotWorse(nameof(CoralLoss), Entropy, cars, less: true),
            .. Data.Select(data => scores.Better(EntropyMiddle, Entropy, Error(data), less: true))
                .Select(claim => claim with { Text = "Order in the reading alone helps too: " + claim.Text }),
            .. Data.Select(data => scores.NotWorse(nameof(CornLoss), EntropyMiddle, Error(data), less: true)),
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
