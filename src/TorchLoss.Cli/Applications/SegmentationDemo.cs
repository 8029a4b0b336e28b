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

    static readonly string[] Overlap = [nameof(DiceLoss), nameof(DiceCELoss)];

    public override string Name => "segmentation";

    public override string About =>
        "Discs and squares of a few pixels, half drowned in noise: which loss finds their outline?";

    public override Findings Run(ApplicationContext context)
    {
        using var one = new FewThreads(0);
        var scores = new Scores(Iou, Dice);
        List<GreyImage> example = [];
        for (var i = 0; i < context.Times(5); i++)
        {
            var seed = context.Seed + i;
            using var train = Shapes.Draw(Images, Side, 2 * seed);
            using var test = Shapes.Draw(Images, Side, 2 * seed + 1);
            scores.Add(Threshold, Measure(test.Inputs - Brightness(train), test.Targets));
            if (i == 0)
            {
                example.Add(Image("image", test.Inputs));
                example.Add(Image("truth", test.Targets));
            }

            foreach (var name in (string[])[Entropy, .. Overlap])
            {
                using var logits = Train(name, train, test.Inputs, context, seed);
                scores.Add(name, Measure(logits, test.Targets));
                context.Say($"seed {seed}: {name} {scores.Of(name, Iou)[^1]:0.000}");
                if (i == 0)
                {
                    using var found = logits.gt(0);
                    example.Add(Image(name, found));
                }
            }
        }

        return new(["loss", Iou, Dice], scores.Rows, Claims(scores), [("example", Picture(example))]);
    }

    static nn.Module<Tensor, Tensor, Tensor> Loss(string name) =>
        name switch
        {
            nameof(DiceLoss) => new DiceLoss(sigmoid: true, batch: true),
            nameof(DiceCELoss) => new DiceCELoss(sigmoid: true, batch: true),
            _ => nn.BCEWithLogitsLoss(),
        };

    /// <summary>The logits of the test images.</summary>
    static Tensor Train(string name, TensorSet train, Tensor test, ApplicationContext context, long seed)
    {
        using var model = ImageModels.Segmenter(seed: seed);
        using var loss = Loss(name);
        using var trainer = new Trainer(
            model,
            loss,
            Optimizers.Factory("adamw", 1e-2, 0.01),
            new()
            {
                Epochs = context.Times(Epochs),
                BatchSize = 16,
                Seed = seed,
                Schedule = new CosineSchedule(0.01),
            }
        );
        trainer.Fit(train, cancel: context.Cancel);
        return trainer.Predict(test);
    }

    /// <summary>The brightness from which on a pixel is best taken for a shape, on the training images.</summary>
    static double Brightness(TensorSet train) =>
        Enumerable
            .Range(0, 40)
            .Select(i => i * 0.1)
            .MaxBy(level =>
            {
                using var above = train.Inputs - level;
                return Measure(above, train.Targets)[0];
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
