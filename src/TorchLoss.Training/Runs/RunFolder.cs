using System.Text.Json;

namespace TorchLoss.Training;

/// <summary>
/// All that a run leaves: config.json, preprocessing.json, metrics.csv, checkpoints/last, checkpoints/best. With it alone the run
/// can go on. While it is open no other process can open it.
/// </summary>
public sealed class RunFolder : IDisposable
{
    const string LockFile = ".lock";
    const string Config = "config.json";
    const string PreprocessingFile = "preprocessing.json";

    static readonly JsonSerializerOptions _json = new(Json.Options(32))
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
    };

    readonly FileStream? _lock;

    RunFolder(string path, bool alone = true)
    {
        Path = System.IO.Path.GetFullPath(path);
        _lock = alone ? Lock() : null;
    }

    /// <summary>The directory.</summary>
    public string Path { get; }

    /// <summary>The lines of the epochs.</summary>
    public string MetricsPath => File("metrics.csv");

    /// <summary>The checkpoint to go on from.</summary>
    public string LastPath => File(System.IO.Path.Combine("checkpoints", "last"));

    /// <summary>The weights of the best epoch.</summary>
    public string BestPath => File(System.IO.Path.Combine("checkpoints", "best"));

    /// <summary>Begins a run. A folder in which a run has begun already is refused.</summary>
    /// <param name="path">The directory; it may exist, but not hold a run.</param>
    /// <param name="config">Whatever it takes to begin the same run again; written as JSON.</param>
    /// <exception cref="CheckpointException">The folder is taken or cannot be written.</exception>
    public static RunFolder Create<T>(string path, T config) =>
        Guard(
            path,
            () =>
            {
                if (System.IO.File.Exists(System.IO.Path.Combine(path, Config)))
                    throw new CheckpointException(path, "holds a run already; resume it or choose another folder");
                Directory.CreateDirectory(path);
                var run = new RunFolder(path);
                run.Write(Config, JsonSerializer.Serialize(config, _json));
                return run;
            }
        );

    /// <summary>Opens a run that has begun.</summary>
    /// <exception cref="CheckpointException">There is none, or another process has it open.</exception>
    public static RunFolder Open(string path) =>
        Guard(
            path,
            () =>
                System.IO.File.Exists(System.IO.Path.Combine(path, Config))
                    ? new RunFolder(path)
                    : throw new CheckpointException(path, $"holds no run: there is no {Config}")
        );

    /// <summary>Reads a run that another process of the same training has opened or is about to open.</summary>
    /// <exception cref="CheckpointException">There is none.</exception>
    public static RunFolder Join(string path) =>
        System.IO.File.Exists(System.IO.Path.Combine(path, Config))
            ? new RunFolder(path, alone: false)
            : throw new CheckpointException(path, $"holds no run: there is no {Config}");

    /// <summary>What the run was begun with.</summary>
    /// <exception cref="CheckpointException">It cannot be read.</exception>
    public T ReadConfig<T>()
    {
        try
        {
            return JsonSerializer.Deserialize<T>(Read(Config), _json) ?? throw new JsonException("is null");
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            throw new CheckpointException(File(Config), e.Message, e);
        }
    }

    /// <summary>Keeps what lies between the table and the model.</summary>
    public void WritePreprocessing(Preprocessing preprocessing) => Write(PreprocessingFile, preprocessing.ToJson());

    /// <summary>Reads what <see cref="WritePreprocessing"/> kept.</summary>
    /// <exception cref="CheckpointException">There is none.</exception>
    public Preprocessing ReadPreprocessing() => Preprocessing.FromJson(Read(PreprocessingFile));

    /// <summary>A file or directory of the run, such as one for a report.</summary>
    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>The callbacks that fill the folder: metrics, best and last checkpoint, and early stopping that looks at them.</summary>
    /// <param name="patience">After how many epochs without a better one training stops; 0 never.</param>
    /// <param name="monitor">What makes an epoch the best; the validation loss unless said otherwise.</param>
    /// <param name="everyUpdates">Saves also after so many updates within an epoch; 0 does not.</param>
    /// <param name="everySeconds">How much work a kill may cost: after an epoch, saves where the last time is so long ago.</param>
    public IReadOnlyList<ITrainingCallback> Callbacks(
        int patience,
        Monitor? monitor = null,
        int everyUpdates = 0,
        double everySeconds = 1
    ) =>
        [
            new CsvLog(MetricsPath),
            new CheckpointCallback(LastPath, BestPath, monitor, everyUpdates, everySeconds),
            new EarlyStopping(patience, monitor, BestPath),
        ];

    /// <summary>Puts a trainer where the run stopped. Without a checkpoint it begins at the beginning.</summary>
    /// <returns>What may make the last bits differ.</returns>
    /// <exception cref="CheckpointException">The checkpoint is damaged.</exception>
    public IReadOnlyList<string> Resume(Trainer trainer) =>
        Checkpoint.Exists(LastPath) ? Checkpoint.Load(LastPath, trainer) : [];

    /// <summary>Lets others open the folder.</summary>
    public void Dispose() => _lock?.Dispose();

    FileStream Lock()
    {
        try
        {
            return new FileStream(File(LockFile), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new CheckpointException(Path, "is in use by another process", e);
        }
    }

    void Write(string name, string text) =>
        DurableFile.Replace(File(name), stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(text)));

    string Read(string name) => Guard(File(name), () => System.IO.File.ReadAllText(File(name)));

    static T Guard<T>(string path, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException(path, e.Message, e);
        }
    }
}
