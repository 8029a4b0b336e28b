using System.Diagnostics;
using SkiaSharp;
using TorchLoss.Training;

namespace TorchLoss.Benchmarks;

/// <summary>What it brings to read batches ahead: images from files with a small net, and a set that lies in memory.</summary>
static class ReadingAhead
{
    const int Side = 96;
    const int Images = 320;
    const int BatchSize = 32;
    const int Pairs = 5;

    /// <summary>Times an epoch with and without, in alternating order, and prints the median of the ratios.</summary>
    public static void Run()
    {
        var root = Directory.CreateTempSubdirectory("reading").FullName;
        try
        {
            Write(root);
            using var files = ImageFolder.Open(root, new() { Size = (32, 32) }).Prepare(0.1);
            Compare("image files, decoded when needed", files.Train, files.Form);
            using var memory = ImageFolder.Open(root, new() { Size = (32, 32) }).Load().Prepare(0.1);
            using var behind = new Behind((TensorSet)memory.Train);
            Compare("images in memory, copied when needed", behind, memory.Form);
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    static void Compare(string what, SampleSet set, ImageForm form)
    {
        Epoch(set, form, 0);
        var ratios = new List<double>();
        for (var i = 0; i < Pairs; i++)
        {
            var first = Epoch(set, form, i % 2 == 0 ? 0 : 4);
            var second = Epoch(set, form, i % 2 == 0 ? 4 : 0);
            var (plain, ahead) = i % 2 == 0 ? (first, second) : (second, first);
            ratios.Add(ahead / plain);
            Console.WriteLine(
                $"{what}: {plain * 1e3, 7:F1} ms an epoch, read ahead {ahead * 1e3, 7:F1} ms: {ratios[^1]:F3}"
            );
        }
        ratios.Sort();
        Console.WriteLine($"{what}: median of the ratios {ratios[Pairs / 2]:F3} ({ratios[0]:F3} to {ratios[^1]:F3})");
    }

    static double Epoch(SampleSet set, ImageForm form, int ahead)
    {
        using var model = ImageModels.Classifier(form, 2, filters: 8);
        using var loss = nn.CrossEntropyLoss();
        var options = new TrainerOptions
        {
            Epochs = 2,
            BatchSize = BatchSize,
            ReadAhead = ahead,
        };
        using var trainer = new Trainer(model, loss, p => optim.AdamW(p, 1e-3), options);
        var clock = Stopwatch.StartNew();
        trainer.Fit(set);
        return clock.Elapsed.TotalSeconds / options.Epochs;
    }

    /// <summary>Photographs as the random generator takes them: noise over a slope, as JPEG.</summary>
    static void Write(string root)
    {
        var random = new Random(1);
        for (var i = 0; i < Images; i++)
        {
            using var bitmap = new SKBitmap(new SKImageInfo(Side, Side, SKColorType.Rgba8888, SKAlphaType.Opaque));
            var pixels = bitmap.GetPixelSpan();
            for (var at = 0; at < pixels.Length; at++)
                pixels[at] = (byte)(at * 200L / pixels.Length + random.Next(50));
            var folder = Directory.CreateDirectory(Path.Combine(root, $"{i % 2}")).FullName;
            using var data = bitmap.Encode(SKEncodedImageFormat.Jpeg, 90);
            File.WriteAllBytes(Path.Combine(folder, $"{i}.jpg"), data.ToArray());
        }
    }

    /// <summary>A set in memory as if it had to be read.</summary>
    sealed class Behind(TensorSet inner) : LazySet(inner.Targets.alias())
    {
        readonly float[] _values = inner.Inputs.data<float>().ToArray();

        public override IReadOnlyList<long> Shape { get; } = inner.Inputs.shape[1..];

        public override void Read(int sample, Span<float> inputs) =>
            _values.AsSpan(sample * inputs.Length, inputs.Length).CopyTo(inputs);
    }
}
