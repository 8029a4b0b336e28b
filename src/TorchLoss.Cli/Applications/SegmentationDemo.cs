using TorchLoss.Cli.Runs;
using TorchLoss.Reporting;
using TorchLoss.Training;

namespace TorchLoss.Cli.Applications;

/// <summary>Small shapes in noise: losses of overlap against cross entropy pixel by pixel.</summary>
sealed class SegmentationDemo : Application
{
    const int Side = 32;
    const int Images = 160;
    const int Epochs = 25;
    const string Iou = "IoU";
    const string Dice = "Dice";
    const string Threshold = "best threshold of brightness";
    const string Entropy = "BCEWithLogitsLoss";
    const string EntropyLevel = Entropy + ", threshold chosen";

    static readonly double[] Rates = [3e-3, 1e-2, 3e-2];
    static readonly double[] Brightnesses = [.. Enumerable.Range(0, 40).Select(i => i * 0.1)];
    static readonly double[] Logits = [.. Enumerable.Range(-12, 25).Select(i => i * 0.25)];

    static readonly string[] Overlap = [nameof(DiceLoss), nameof(DiceCELoss)];

    public override string Name => "segmentation";

    public override string About =>
        "Discs and squares of a few pixels, half drowned in noise: which loss finds their outline?";

    public override Findings Run(ApplicationContext context)
    {
        using var one = new FewThreads(0);
        var scores = new Scores(Iou, Dice);
        List<GreyImage> example = [];
        var choices = new Choices(context);
        foreach (var seed in context.Seeds(5))
        {
            using var scope = NewDisposeScope();
            using var known = Shapes.Draw(Images, Side, 2 * seed);
            using var test = Shapes.Draw(Images, Side, 2 * seed + 1);
            using var train = known.Rows(Enumerable.Range(0, Images * 3 / 4));
            using var choice = known.Rows(Enumerable.Range(Images * 3 / 4, Images / 4));
            var parts = new Parts(train, choice, known, test);
            var isFirst = example.Count == 0;
            scores.Add(
                Threshold,
                Measure(test.Inputs - Level(known.Inputs, known.Targets, Brightnesses), test.Targets)
            );
            if (isFirst)
            {
                example.Add(Image("image", test.Inputs));
                example.Add(Image("truth", test.Targets));
            }

            foreach (var name in (string[])[Entropy, EntropyLevel, .. Overlap])
            {
                var logits = choices.Predict(
                    $"{name}, rate",
                    parts,
                    Rates,
                    (rate, part, inputs) => Learn(name, rate, part, parts, inputs, context, seed),
                    (outputs, masks) => 1 - Measure(outputs, masks)[0]
                );
                scores.Add(name, Measure(logits, test.Targets));
                context.Say($"seed {seed}: {name} {scores.Of(name, Iou)[^1]:0.000}");
                if (isFirst)
                {
                    example.Add(Image(name, logits.gt(0)));
                }
            }
        }

        return new(["loss", Iou, Dice], scores.Rows, Claims(scores), [("example", Picture(example))])
        {
            Notes = [.. Overlap.Select(name => scores.NotWorse(name, EntropyLevel, Iou).Text), .. choices.Notes],
        };
    }

    static nn.Module<Tensor, Tensor, Tensor> Loss(string name) =>
        name switch
        {
            nameof(DiceLoss) => new DiceLoss(sigmoid: true, batch: true),
            nameof(DiceCELoss) => new DiceCELoss(sigmoid: true, batch: true),
            _ => nn.BCEWithLogitsLoss(),
        };

    /// <summary>
    /// The logits of images, less the threshold that does best on the validation part where one is chosen. Half of the probability is
    /// the right threshold for counting pixels, not for overlap, so this is what cross entropy can do at its best.
    /// </summary>
    static Tensor Learn(
        string name,
        double rate,
        TensorSet train,
        Parts parts,
        Tensor inputs,
        ApplicationContext context,
        long seed
    )
    {
        using var model = ImageModels.Segmenter(seed: seed);
        using var loss = Loss(name);
        var learning = new Learning(context, Epochs, rate, Batch: 16, Decay: 0.01);
        if (name != EntropyLevel)
        {
            return learning.Predict(model, loss, train, inputs, seed);
        }

        // The threshold needs images that the model has not learnt, so this one never learns from the validation part.
        var logits = learning.Predict(model, loss, parts.Train, cat([parts.Choice.Inputs, inputs]), seed);
        var choice = logits.narrow(0, 0, parts.Choice.Count);
        var level = Level(choice, parts.Choice.Targets, Logits);
        return logits.narrow(0, parts.Choice.Count, inputs.shape[0]) - level;
    }

    /// <summary>The level from which on a pixel is best taken for a shape.</summary>
    static double Level(Tensor images, Tensor masks, double[] levels) =>
        levels.MaxBy(level =>
        {
            using var above = images - level;
            return Measure(above, masks)[0];
        });

    static double[] Measure(Tensor logits, Tensor masks)
    {
        var report = new MaskMetrics().Measure(logits, masks);
        return [report.Values["iou"], report.Values["dice"]];
    }

    static IReadOnlyList<Claim> Claims(Scores scores) =>
        [
            scores.Better(Entropy, Threshold, Iou),
            .. Overlap.Select(name => scores.Better(name, Entropy, Iou)),
            .. Overlap.Select(name => scores.Better(name, Entropy, Dice)),
        ];

    /// <summary>The first image of a batch.</summary>
    static GreyImage Image(string title, Tensor images)
    {
        using var scope = NewDisposeScope();
        var values = images[0].reshape(-1).to(float64).data<double>().ToArray();
        var pixels = new double[Side, Side];
        Buffer.BlockCopy(values, 0, pixels, 0, values.Length * sizeof(double));
        return new(title, pixels);
    }

    static ImageChart Picture(IReadOnlyList<GreyImage> example) =>
        new()
        {
            Title = "One held back image",
            Images = example,
            Width = 1000,
            Height = 270,
        };
}
