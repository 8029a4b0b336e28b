using TorchLoss.Cli.Runs;
using TorchLoss.Reporting;
using TorchLoss.Training;

namespace TorchLoss.Cli.Applications;

/// <summary>A small convolutional net reads digits, against a linear model and the nearest neighbour.</summary>
sealed class ImagesDemo : Application
{
    const int Epochs = 40;
    const string Accuracy = "accuracy";
    const string Linear = "linear model";
    const string Plain = "layers without filters";
    const string Neighbour = "nearest neighbour";
    const string Net = "convolutional net";

    public override string Name => "images";

    public override string About =>
        "Handwritten digits of 8x8 pixels: how well does a small convolutional net read them?";

    public override Findings Run(ApplicationContext context)
    {
        using var one = new FewThreads(0);
        var scores = new Scores(Accuracy);
        var confusion = new long[Digits.Classes, Digits.Classes];
        for (var i = 0; i < context.Times(5); i++)
        {
            var seed = context.Seed + i;
            var (train, test) = Digits.Split(0.4, seed);
            using var _ = train;
            using var __ = test;
            scores.Add(Neighbour, Nearest(train, test));
            foreach (var name in (string[])[Linear, Plain, Net])
            {
                using var model = Model(name, seed);
                var report = Train(name, model, train, test, context, seed);
                scores.Add(name, report.Values[Accuracy]);
                context.Say($"seed {seed}: {name} {report.Values[Accuracy]:0.000}");
                if (name == Net)
                {
                    Add(confusion, report);
                }
            }
        }

        return new(
            ["model", Accuracy],
            scores.Rows,
            [
                scores.Better(Net, Linear, Accuracy),
                scores.Better(Net, Plain, Accuracy),
                scores.NotWorse(Net, Neighbour, Accuracy),
            ],
            [("confusion", Picture(confusion))]
        );
    }

    static nn.Module<Tensor, Tensor> Model(string name, long seed) =>
        name switch
        {
            Linear => Models.Linear(Digits.Side * Digits.Side, Digits.Classes, seed),
            Plain => Models.Mlp(Digits.Side * Digits.Side, Digits.Classes, [128], 0.25, seed),
            _ => ImageModels.Classifier(Digits.Side, Digits.Classes, seed: seed),
        };

    static ClassReport Train(
        string name,
        nn.Module<Tensor, Tensor> model,
        TensorSet train,
        TensorSet test,
        ApplicationContext context,
        long seed
    )
    {
        using var loss = nn.CrossEntropyLoss();
        using var trainer = new Trainer(
            model,
            loss,
            Optimizers.Factory("adamw", name == Linear ? 3e-2 : 3e-3, 0.01),
            new()
            {
                Epochs = context.Times(Epochs),
                BatchSize = 32,
                Seed = seed,
                Schedule = new CosineSchedule(0.01),
                Metrics = new ClassificationMetrics([.. Enumerable.Range(0, Digits.Classes).Select(d => $"{d}")]),
            }
        );
        trainer.Fit(train, cancel: context.Cancel);
        return (ClassReport)trainer.Evaluate(test).Report!;
    }

    static double Nearest(TensorSet train, TensorSet test)
    {
        using var scope = NewDisposeScope();
        var nearest = cdist(test.Inputs, train.Inputs).argmin(1);
        return train.Targets.index_select(0, nearest).eq(test.Targets).to(float64).mean().ToDouble();
    }

    static void Add(long[,] confusion, ClassReport report)
    {
        for (var i = 0; i < Digits.Classes; i++)
        {
            for (var j = 0; j < Digits.Classes; j++)
            {
                confusion[i, j] += report.Confusion[i][j];
            }
        }
    }

    static ConfusionChart Picture(long[,] counts) =>
        new()
        {
            Title = "What the convolutional net read, all seeds together",
            Names = [.. Enumerable.Range(0, Digits.Classes).Select(digit => $"{digit}")],
            Counts = counts,
        };
}
