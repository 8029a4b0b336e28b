using TorchLoss.Cli.Runs;
using TorchLoss.Reporting;
using TorchLoss.Training;

namespace TorchLoss.Cli.Applications;

/// <summary>Numbers from tables: losses against least squares, misread targets, and bands of quantiles.</summary>
sealed class RegressionDemo : Application
{
    const string Mean = "mean of the targets";
    const string Linear = "linear least squares";
    const string Square = nameof(TorchSharp.Modules.MSELoss);
    const string Huber = nameof(TorchSharp.Modules.HuberLoss);
    const string LogCosh = nameof(LogCoshLoss);
    const string Misread = "cars, 10 % misread";
    const string R2 = "r2";
    const string Mae = "mae";
    const int Epochs = 80;
    const int EveryTenth = 10;
    const double LostPoint = 10;

    static readonly double[] Rates = [1e-3, 3e-3, 1e-2];
    static readonly string[] Losses = [Square, Huber, LogCosh];

    public override string Name => "regression";

    public override string About =>
        "Diabetes, cars and Engel's households: what do robust losses and quantiles do that least squares cannot?";

    public override Findings Run(ApplicationContext context)
    {
        using var one = new FewThreads(0);
        var scores = new Scores(R2, Mae, "rmse");
        var choices = new Choices(context);
        foreach (var seed in context.Seeds(5))
        {
            foreach (var name in (string[])["diabetes", "cars", Misread])
            {
                Compare(name, scores, choices, context, seed);
                context.Say($"seed {seed}: {name} done");
            }
        }

        var households = Households.Measure(context);
        return new(
            ["data: method", R2, Mae, "rmse", Households.Coverage, Households.Worst],
            [
                .. scores.Rows.Select(row => (string[])[.. row, "", ""]),
                .. households.Scores.Rows.Select(row => (string[])[row[0], "", "", "", .. row.Skip(1)]),
            ],
            [.. Claims(scores), .. households.Claims],
            [("errors", Bars(scores)), ("fan", households.Picture)]
        )
        {
            Notes =
            [
                scores.NotWorse($"diabetes: {Huber}", $"diabetes: {Linear}", Mae, less: true).Text,
                .. choices.Notes,
            ],
        };
    }

    /// <summary>Where targets are misread, those that settings are chosen by are so too: nobody would know which.</summary>
    static void Compare(string name, Scores scores, Choices choices, ApplicationContext context, long seed)
    {
        using var task = Open(name == Misread ? "cars" : name, seed);
        using var known = name == Misread ? WithLostPoints(task) : task.Train.WithTargets(targets => targets);
        using var parts = Parts.Cut(known, task.Validation, seed);
        using var scope = NewDisposeScope();
        var (inputs, truth) = (parts.Test.Inputs, parts.Test.Targets);
        Add(Mean, known.Targets.mean([0], keepdim: true).expand_as(truth));
        Add(Linear, LeastSquares.Predict(known.Inputs, known.Targets, inputs));
        foreach (var loss in Losses)
        {
            Add(
                loss,
                choices.Predict(
                    $"{name}: {loss}, rate",
                    parts,
                    Rates,
                    (rate, train, of) => Learn(loss, rate, train, of),
                    Error
                )
            );
        }

        Tensor Learn(string loss, double rate, TensorSet train, Tensor of)
        {
            using var model = Models.Mlp(task.Inputs, 1, [64], 0.1, seed);
            using var module = Loss(loss);
            return new Learning(context, Epochs, rate, Decay: 0.05).Predict(model, module, train, of, seed);
        }

        static double Error(Tensor output, Tensor target) => (output - target).abs().mean().ToDouble();

        void Add(string method, Tensor outputs) =>
            scores.Add($"{name}: {method}", [.. task.Metrics.Measure(outputs, truth).Values.Values.Take(3)]);
    }

    static TabularTask Open(string name, long seed)
    {
        var set = BuiltInData.Find(name)!;
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

    static nn.Module<Tensor, Tensor, Tensor> Loss(string name) =>
        name switch
        {
            Square => nn.MSELoss(),
            Huber => nn.HuberLoss(),
            _ => new LogCoshLoss(),
        };

    /// <summary>Every tenth training target loses its decimal point: 24.0 miles are read as 240.</summary>
    static TensorSet WithLostPoints(TabularTask task)
    {
        var target = (NumberTarget)task.Preprocessing.Target;
        return task.Train.WithTargets(targets =>
        {
            var misread = ((targets * target.Deviation + target.Mean) * LostPoint - target.Mean) / target.Deviation;
            var tenth = arange(targets.shape[0]).remainder(EveryTenth).eq(0).unsqueeze(1);
            return where(tenth, misread, targets);
        });
    }

    static IEnumerable<Claim> Claims(Scores scores)
    {
        foreach (var data in (string[])["diabetes", "cars"])
        {
            var worst = Losses.MaxBy(loss => scores.Mean($"{data}: {loss}", Mae))!;
            yield return scores.Better($"{data}: {worst}", $"{data}: {Mean}", Mae, less: true);
        }

        yield return scores.Better($"cars: {Huber}", $"cars: {Linear}", Mae, less: true);
        foreach (var robust in (string[])[Huber, LogCosh])
        {
            yield return scores.Better($"{Misread}: {robust}", $"{Misread}: {Square}", Mae, less: true);
        }

        yield return scores.Better($"{Misread}: {Huber}", $"{Misread}: {Linear}", Mae, less: true);
    }

    static BarChart Bars(Scores scores)
    {
        string[] data = ["cars", Misread];
        return new()
        {
            Title = "Mean absolute error of miles per gallon on rows held back",
            Names = data,
            Series =
            [
                .. ((string[])[Linear, .. Losses]).Select(method => new BarSeries(
                    method,
                    [.. data.Select(name => scores.Mean($"{name}: {method}", Mae))]
                )),
            ],
            ValueLabel = "miles per gallon",
        };
    }
}
