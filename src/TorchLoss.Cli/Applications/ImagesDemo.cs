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

    static readonly double[] Rates = [1e-3, 3e-3, 1e-2, 3e-2];

    public override string Name => "images";

    public override string About =>
        "Handwritten digits of 8x8 pixels: how well does a small convolutional net read them?";

    public override Findings Run(ApplicationContext context)
    {
        using var one = new FewThreads(0);
        var scores = new Scores(Accuracy);
        var confusion = new long[Digits.Classes, Digits.Classes];
        var choices = new Choices(context);
        foreach (var seed in context.Seeds(5))
        {
            using var scope = NewDisposeScope();
            var (known, test) = Digits.Split(0.4, seed);
            using var _ = known;
            using var __ = test;
            using var parts = Parts.Cut(known, test, seed);
            scores.Add(Neighbour, Nearest(known, test));
            foreach (var name in (string[])[Linear, Plain, Net])
            {
                var outputs = choices.Predict(
                    $"{name}, rate",
                    parts,
                    Rates,
                    (rate, train, inputs) => Learn(name, rate, train, inputs, context, seed),
                    (outputs, targets) => 1 - Report(outputs, targets).Values[Accuracy]
                );
                var report = Report(outputs, test.Targets);
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
        )
        {
            Notes = choices.Notes,
        };
    }

    static nn.Module<Tensor, Tensor> Model(string name, long seed) =>
        name switch
        {
            Linear => Models.Linear(Digits.Side * Digits.Side, Digits.Classes, seed),
            Plain => Models.Mlp(Digits.Side * Digits.Side, Digits.Classes, [128], 0.25, seed),
            _ => ImageModels.Classifier(Digits.Side, Digits.Classes, seed: seed),
        };

    static Tensor Learn(string name, double rate, TensorSet train, Tensor inputs, ApplicationContext context, long seed)
    {
        using var loss = nn.CrossEntropyLoss();
        using var model = Model(name, seed);
        return new Learning(context, Epochs, rate, Decay: 0.01).Predict(model, loss, train, inputs, seed);
    }

    static ClassReport Report(Tensor outputs, Tensor targets) =>
        (ClassReport)
            new ClassificationMetrics([.. Enumerable.Range(0, Digits.Classes).Select(d => $"{d}")]).Measure(
                outputs,
                targets
            );

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
