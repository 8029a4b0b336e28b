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
    const int Hidden = 64;
    const int Epochs = 100;

    static readonly string[] Methods = [Plain, Average, Uncertainty, Normalized];

    public override string Name => "multitask";

    public override string About =>
        "Miles per gallon, horsepower and origin of cars from one network: which weighting lets no task starve?";

    public override Findings Run(ApplicationContext context)
    {
        using var one = new FewThreads(0);
        var scores = new Scores(Miles, Power, Origin, Mean);
        for (var i = 0; i < context.Times(10); i++)
        {
            var (train, test) = CarTasks.Open(context.Seed + i);
            using (train)
            using (test)
            {
                foreach (var method in Methods)
                {
                    Add(
                        scores,
                        method,
                        Learn(CarTasks.Losses, Weighting(method), train, test, context, context.Seed + i)
                    );
                }

                Add(scores, Alone, Apart(train, test, context, context.Seed + i));
            }

            context.Say($"seed {context.Seed + i}: {Uncertainty} {scores.Of(Uncertainty, Mean)[^1]:0.000}");
        }

        return new(
            ["weighting", Miles, Power, Origin, Mean],
            scores.Rows,
            Claims(scores),
            [("tasks", Picture(scores))]
        );
    }

    static void Add(Scores scores, string method, double[] measures) =>
        scores.Add(method, [.. measures, measures.Average()]);

    static nn.Module<Tensor, Tensor>? Weighting(string method) =>
        method switch
        {
            Average => new DynamicWeightAverageLoss(CarTasks.Names.Length),
            Uncertainty => new UncertaintyWeightingLoss(CarTasks.Names.Length, UncertaintyMode.Simple),
            Normalized => new EMANormalizedLoss(CarTasks.Names.Length),
            _ => null,
        };

    static double[] Learn(
        Func<Tensor, Tensor, Tensor> losses,
        nn.Module<Tensor, Tensor>? weighting,
        TensorSet train,
        TensorSet test,
        ApplicationContext context,
        long seed
    )
    {
        using var scope = NewDisposeScope();
        using var loss = new TaskSum(losses, weighting);
        using var model = Models.Mlp(CarTasks.Measures, CarTasks.Outputs, [Hidden], seed: seed);
        var learning = new Learning(context, Epochs, 0.02);
        return CarTasks.Measure(
            learning.Predict(model, loss, train, test.Inputs, seed, _ => loss.EndEpoch()),
            test.Targets
        );
    }

    /// <summary>A network of its own for each task: what there is to reach.</summary>
    static double[] Apart(TensorSet train, TensorSet test, ApplicationContext context, long seed) =>
        [
            .. CarTasks.Names.Select(
                (_, task) =>
                    Learn((o, t) => CarTasks.Losses(o, t).narrow(0, task, 1), null, train, test, context, seed)[task]
            ),
        ];

    static IReadOnlyList<Claim> Claims(Scores scores)
    {
        var gap = scores.Better(Average, Plain, Mean);
        return
        [
            scores.Better(Uncertainty, Plain, Origin),
            scores.Better(Uncertainty, Plain, Mean),
            scores.Better(Normalized, Plain, Mean),
            new(
                $"{Average} looks at how fast losses fall, not at how large they are, and gains nothing to rely on: {gap.Text}",
                !gap.Holds
            ),
        ];
    }

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
            Width = 960,
        };
}
