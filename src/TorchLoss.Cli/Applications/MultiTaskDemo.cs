using TorchLoss.Cli.Runs;
using TorchLoss.Reporting;
using TorchLoss.Training;

namespace TorchLoss.Cli.Applications;

/// <summary>One network for three tasks whose losses differ a thousandfold: weightings against the plain sum.</summary>
sealed class MultiTaskDemo : Application
{
    const string Miles = "r2 of miles per gallon";
    const string Power = "r2 of horsepower";
    const string Origin = "accuracy of origin";
    const string Mean = "mean of the three";
    const string Plain = "plain sum";
    const string Alone = "each task alone";
    const string Uncertainty = nameof(UncertaintyWeightingLoss);
    const string Average = nameof(DynamicWeightAverageLoss);
    const string Normalized = nameof(EMANormalizedLoss);
    const string Norm = nameof(GradNormLoss);
    const string Surgery = nameof(PCGrad);
    const int Hidden = 64;
    const int Epochs = 100;

    static readonly double[] Rates = [0.02, 0.005, 0.05];
    static readonly string[] Methods = [Plain, Average, Uncertainty, Normalized, Norm, Surgery];

    public override string Name => "multitask";

    public override string About =>
        "Miles per gallon, horsepower and origin of cars from one network: which weighting lets no task starve?";

    public override Findings Run(ApplicationContext context)
    {
        using var one = new FewThreads(0);
        var scores = new Scores(Miles, Power, Origin, Mean);
        var choices = new Choices(context);
        foreach (var seed in context.Seeds(10))
        {
            using var scope = NewDisposeScope();
            var (known, test) = CarTasks.Open(seed);
            using var _ = known;
            using var __ = test;
            using var parts = Parts.Cut(known, test, seed);
            foreach (var method in (string[])[.. Methods, Alone])
            {
                var outputs = choices.Predict(
                    $"{method}, rate",
                    parts,
                    Rates,
                    (rate, train, inputs) =>
                        method == Alone
                            ? Apart(rate, train, inputs, context, seed)
                            : Learn(CarTasks.Losses, method, rate, train, inputs, context, seed),
                    (found, truth) => -CarTasks.Measure(found, truth).Average()
                );
                var measures = CarTasks.Measure(outputs, test.Targets);
                scores.Add(method, [.. measures, measures.Average()]);
            }

            context.Say($"seed {seed}: {Uncertainty} {scores.Of(Uncertainty, Mean)[^1]:0.000}");
        }

        return new(["weighting", Miles, Power, Origin, Mean], scores.Rows, Claims(scores), [("tasks", Picture(scores))])
        {
            Notes =
            [
                .. ((string[])[Average, Norm, Surgery]).Select(method => scores.NotWorse(method, Plain, Mean).Text),
                .. choices.Notes,
            ],
        };
    }

    static object? Weighting(string method) =>
        method switch
        {
            Average => new DynamicWeightAverageLoss(CarTasks.Names.Length),
            Uncertainty => new UncertaintyWeightingLoss(CarTasks.Names.Length, UncertaintyMode.Simple),
            Normalized => new EMANormalizedLoss(CarTasks.Names.Length),
            Norm => new GradNormLoss(CarTasks.Names.Length),
            Surgery => new PCGrad(),
            _ => null,
        };

    static Tensor Learn(
        Func<Tensor, Tensor, Tensor> losses,
        string method,
        double rate,
        TensorSet train,
        Tensor inputs,
        ApplicationContext context,
        long seed
    )
    {
        using var scope = NewDisposeScope();
        using var model = Models.Mlp(CarTasks.Measures, CarTasks.Outputs, [Hidden], seed: seed);
        // The first layer is shared; of the last one, each task has rows of its own.
        using var loss = new TaskSum(losses, Weighting(method), [.. model.parameters().Take(2)]);
        return new Learning(context, Epochs, rate)
            .Predict(model, loss, train, inputs, seed, _ => loss.EndEpoch())
            .MoveToOuterDisposeScope();
    }

    /// <summary>A network of its own for each task: what there is to reach.</summary>
    static Tensor Apart(double rate, TensorSet train, Tensor inputs, ApplicationContext context, long seed)
    {
        Tensor Of(int task) =>
            Learn((o, t) => CarTasks.Losses(o, t).narrow(0, task, 1), Alone, rate, train, inputs, context, seed);
        var (miles, power, origin) = (Of(0), Of(1), Of(2));
        return cat([miles.narrow(1, 0, 1), power.narrow(1, 1, 1), origin.narrow(1, 2, CarTasks.Outputs - 2)], 1);
    }

    static IReadOnlyList<Claim> Claims(Scores scores) =>
        [
            scores.Better(Uncertainty, Plain, Origin),
            scores.Better(Uncertainty, Plain, Mean),
            scores.Better(Normalized, Plain, Mean),
        ];

    static BarChart Picture(Scores scores) =>
        new()
        {
            Title = "Three tasks of one network on cars held back, mean over the seeds",
            Names = scores.Names,
            Series =
            [
                .. ((string[])[Miles, Power, Origin]).Select(measure => new BarSeries(
                    measure,
                    [.. scores.Names.Select(name => scores.Mean(name, measure))]
                )),
            ],
            Format = value => value.ToString("0.00"),
            Horizontal = true,
            Height = 560,
            Width = 960,
        };
}
