using System.Security.Cryptography;
using System.Text;
using TorchLoss.Training;

namespace TorchLoss.Mutations;

/// <summary>
/// Checkpoints. Half of the spoilt ones get sums that fit, as a forger would make them, so that what lies behind the sums is
/// reached.
/// </summary>
sealed class CheckpointSubject : ISubject
{
    const string SumsFile = "SHA256SUMS";
    const string Tensors = ".safetensors";

    readonly string _folder = Directory.CreateTempSubdirectory("mutations").FullName;
    readonly Dictionary<string, byte[]> _files;
    readonly string[] _names;
    readonly string _weights;
    readonly TensorSet _data = new(linspace(-1, 1, 48).view(12, 4), arange(12).remainder(2));

    public CheckpointSubject()
    {
        using var run = Start();
        run.Trainer.Fit(_data, _data);
        Checkpoint.Save(Place, run.Trainer);
        _files = Directory.GetFiles(Place).ToDictionary(file => Path.GetFileName(file), File.ReadAllBytes);
        _names = [.. _files.Keys.Order(StringComparer.Ordinal)];
        using var again = Start();
        Checkpoint.Load(Place, again.Trainer);
        _weights = again.Weights();
    }

    public string Name => "checkpoint";

    string Place => Path.Combine(_folder, "last");

    public (string How, Outcome Outcome) Try(Random random)
    {
        var name = _names[random.Next(_names.Length)];
        var isForged = name != SumsFile && random.Next(2) == 0;
        var (how, bytes) =
            isForged && name.EndsWith(Tensors, StringComparison.Ordinal)
                ? Header(_files[name], random)
                : Mutation.Apply(_files[name], random);
        Put(name, bytes);
        if (isForged)
            Put(SumsFile, Sums(name, bytes));
        try
        {
            return (how, Load(isForged && name == "state.json"));
        }
        finally
        {
            Put(name, _files[name]);
            Put(SumsFile, _files[SumsFile]);
        }
    }

    public void Dispose()
    {
        _data.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Spoils what says where the tensors are. Other bits of the tensors themselves would be another, sound file.</summary>
    static (string How, byte[] Bytes) Header(byte[] file, Random random)
    {
        var end = 8 + (int)BitConverter.ToInt64(file);
        var (how, bytes) = Mutation.Apply(file[..end], random);
        return (how, [.. bytes, .. file[end..]]);
    }

    Outcome Load(bool isOtherState)
    {
        using var run = Start();
        var before = run.State();
        try
        {
            Checkpoint.Load(Place, run.Trainer);
        }
        catch (CheckpointException e)
        {
            return run.State() == before
                ? Outcome.Refused
                : throw new InvalidDataException("a refused checkpoint changed the trainer", e);
        }
        if (HoldsTheSame(run))
            return Outcome.Equal;
        if (!isOtherState || run.Weights() != _weights)
            throw new InvalidDataException("a spoilt checkpoint was loaded as another model");
        GoOn(run);
        return Outcome.Other;
    }

    /// <summary>Whether what was loaded is saved again as the same bytes.</summary>
    bool HoldsTheSame(Attempt run)
    {
        var again = Path.Combine(_folder, "again");
        Checkpoint.Save(again, run.Trainer);
        return _files.All(file => file.Value.AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(again, file.Key))));
    }

    /// <summary>A forged state may say that the run is elsewhere; going on from there must work or be refused.</summary>
    void GoOn(Attempt run)
    {
        try
        {
            run.Trainer.Fit(_data, _data);
        }
        catch (TrainingException) { }
    }

    byte[] Sums(string name, byte[] bytes)
    {
        var files = _files.Where(file => file.Key != SumsFile);
        var lines = files.Select(file =>
            $"{Convert.ToHexStringLower(SHA256.HashData(file.Key == name ? bytes : file.Value))}  {file.Key}\n"
        );
        return Encoding.UTF8.GetBytes(string.Concat(lines));
    }

    void Put(string name, byte[] bytes) => File.WriteAllBytes(Path.Combine(Place, name), bytes);

    static Attempt Start() => new();

    /// <summary>A trainer made anew.</summary>
    sealed class Attempt : IDisposable
    {
        readonly nn.Module<Tensor, Tensor> _model = Models.Mlp(4, 2, [3], 0.1, seed: 1);

        public Attempt() =>
            Trainer = new(
                _model,
                nn.CrossEntropyLoss(),
                Optimizers.Factory("adamw", 0.01),
                new()
                {
                    Epochs = 2,
                    BatchSize = 4,
                    MaxSteps = 5,
                    Average = new ExponentialAverage(),
                    Schedule = new PlateauSchedule(),
                    Metrics = new ClassificationMetrics(["no", "yes"]),
                }
            );

        public Trainer Trainer { get; }

        public string Weights() =>
            Convert.ToHexString(
                SHA256.HashData([.. _model.state_dict().Values.SelectMany(value => value.bytes.ToArray())])
            );

        /// <summary>The weights, the place in the run and the history.</summary>
        public string State() =>
            $"{Weights()}|{Trainer.Position}|{string.Join(' ', Trainer.Position.TermSums)}|"
            + string.Join(
                ' ',
                Trainer.History.Select(record => $"{record.Step} {record.TrainLoss:R} {record.LearningRate:R}")
            );

        public void Dispose()
        {
            Trainer.Dispose();
            _model.Dispose();
        }
    }
}
