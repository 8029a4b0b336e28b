using System.Security.Cryptography;

namespace TorchLoss.Training.Tests;

/// <summary>A small run with dropout, made anew each time from nothing but its options.</summary>
internal sealed class TestRun : IDisposable
{
    const int Rows = 70;
    const int Features = 6;

    public TestRun(TrainerOptions? options = null, string optimizer = "adamw", params ITrainingCallback[] callbacks)
    {
        var random = new Random(5);
        var inputs = Enumerable.Range(0, Rows * Features).Select(_ => (float)random.NextDouble() - 0.5f).ToArray();
        var targets = Enumerable.Range(0, Rows).Select(i => inputs[i * Features] > 0 ? 1L : 0L).ToArray();
        Train = new(tensor(inputs, Rows, Features), tensor(targets));
        Model = Models.Mlp(Features, 2, [16], 0.3, seed: 4);
        Trainer = new(
            Model,
            nn.CrossEntropyLoss(),
            Optimizers.Factory(optimizer, 0.01, 1e-3),
            options ?? Options(),
            callbacks
        );
    }

    public TensorSet Train { get; }
    public nn.Module<Tensor, Tensor> Model { get; }
    public Trainer Trainer { get; }

    public static TrainerOptions Options(long? maxSteps = null) =>
        new()
        {
            Epochs = 4,
            BatchSize = 16,
            Seed = 11,
            Schedule = new CosineSchedule(),
            ClipNorm = 1,
            Metrics = new ClassificationMetrics(["low", "high"]),
            MaxSteps = maxSteps,
        };

    public FitResult Fit() => Trainer.Fit(Train, Train);

    /// <summary>All bits of the model's weights.</summary>
    public string Bits() => Bits(Model);

    public static string Bits(nn.Module model)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var value in model.state_dict().Values)
            hash.AppendData(value.bytes);
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    public void Dispose()
    {
        Trainer.Dispose();
        Model.Dispose();
        Train.Dispose();
    }
}

/// <summary>A directory that is gone afterwards.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("torchloss").FullName;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
