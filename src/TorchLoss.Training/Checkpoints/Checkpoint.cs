using System.Text.Json;

namespace TorchLoss.Training;

/// <summary>
/// A directory from which a run goes on bit for bit: model.safetensors, optimizer.safetensors, loss.safetensors where the loss
/// learns, average.safetensors where weights are averaged, state.json (position, seed, random state, threads, versions, history) and SHA256SUMS over all of them.
/// </summary>
/// <remarks>
/// It is written aside, forced to the disk and renamed: a kill at any instant leaves the old checkpoint or the new one. Reading
/// checks the sums first, then every size and shape, and changes nothing before all of it fits. No pickle is ever read.
/// </remarks>
public static class Checkpoint
{
    /// <summary>The file with the model's weights, which any reader of safetensors opens.</summary>
    public const string ModelFile = "model.safetensors";

    const string OptimizerFile = "optimizer.safetensors";
    const string LossFile = "loss.safetensors";
    const string AverageFile = "average.safetensors";
    const string StateFile = "state.json";
    const int LargestState = 1 << 28;

    /// <summary>Saves a run in place of a checkpoint that may be there.</summary>
    /// <exception cref="CheckpointException">The directory cannot be written.</exception>
    public static void Save(string path, Trainer trainer)
    {
        var files = new Dictionary<string, Action<Stream>>
        {
            [ModelFile] = stream => SafeTensors.Write(stream, trainer.Model.state_dict()),
            [OptimizerFile] = stream => SafeTensors.Write(stream, OptimizerSnapshot.Tensors(trainer.Optimizer)),
            [StateFile] = stream => stream.Write(TrainingState.Of(trainer).ToJson()),
        };
        if (trainer.Loss.Module?.state_dict() is { Count: > 0 } learned)
            files[LossFile] = stream => SafeTensors.Write(stream, learned);
        if (trainer.Averager is { Taken: > 0 } averager)
            files[AverageFile] = stream => SafeTensors.Write(stream, averager.Average);
        SealedFolder.Save(path, files);
    }

    /// <summary>Saves the weights of a model alone, in place of a checkpoint that may be there.</summary>
    /// <exception cref="CheckpointException">The directory cannot be written.</exception>
    public static void SaveModel(string path, nn.Module model) => SaveModel(path, model.state_dict());

    internal static void SaveModel(string path, IReadOnlyDictionary<string, Tensor> weights) =>
        SealedFolder.Save(
            path,
            new Dictionary<string, Action<Stream>> { [ModelFile] = stream => SafeTensors.Write(stream, weights) }
        );

    /// <summary>Whether there is a checkpoint, complete or not.</summary>
    public static bool Exists(string path) => SealedFolder.Exists(path);

    /// <summary>Puts a trainer where the saved run was. Nothing is changed where this fails.</summary>
    /// <returns>What may make the last bits differ, such as another number of threads; nothing where all is the same.</returns>
    /// <exception cref="CheckpointException">The checkpoint is damaged, or belongs to another run.</exception>
    public static IReadOnlyList<string> Load(string path, Trainer trainer)
    {
        var names = SealedFolder.Verify(path);
        var state = ReadState(path);
        using var saved = new SavedTensors();
        foreach (var (file, tensors) in saved.Files)
        {
            if (file is ModelFile or OptimizerFile || names.Contains(file))
            {
                foreach (var (name, value) in SafeTensors.Load(Path.Combine(path, file)))
                    tensors.Add(name, value);
            }
        }
        Check(path, trainer, state, saved);
        Restore(trainer, state, saved);
        return state.Notes(trainer);
    }

    /// <summary>Puts the saved weights into a model, and nothing else. Nothing is changed where this fails.</summary>
    /// <exception cref="CheckpointException">The checkpoint is damaged, or of another model.</exception>
    public static void LoadModel(string path, nn.Module model)
    {
        SealedFolder.Verify(path);
        var saved = SafeTensors.Load(Path.Combine(path, ModelFile));
        try
        {
            if (Weights.Misfit(model, saved) is { } reason)
                throw new CheckpointException(path, reason);
            Weights.Restore(model, saved);
        }
        finally
        {
            Weights.Dispose(saved);
        }
    }

    static TrainingState ReadState(string path)
    {
        var file = Path.Combine(path, StateFile);
        try
        {
            if (new FileInfo(file).Length > LargestState)
                throw new CheckpointException(file, "is too large to be a state");
            return TrainingState.FromJson(File.ReadAllBytes(file));
        }
        catch (Exception e)
            when (e is JsonException or IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new CheckpointException(file, e.Message, e);
        }
    }

    static void Check(string path, Trainer trainer, TrainingState state, SavedTensors saved)
    {
        var reason =
            state.Misfit(trainer.Options)
            ?? Weights.Misfit(trainer.Model, saved.Model)
            ?? MisfitLoss(trainer, saved.Loss)
            ?? (saved.Average.Count > 0 ? Weights.Misfit(trainer.Model, saved.Average) : null)
            ?? (saved.Average.Count > 0 == state.Averaged > 0 ? null : "the averaged weights are missing, or none's")
            ?? state.Optimizer.Misfit(trainer.Optimizer, saved.Optimizer)
            ?? (RngState.IsValid(state.RngState) ? null : "the state of the random generator is none");
        if (reason is not null)
            throw new CheckpointException(path, reason);
    }

    static string? MisfitLoss(Trainer trainer, Dictionary<string, Tensor> loss)
    {
        if (trainer.Loss.Module is { } module)
            return Weights.Misfit(module, loss);
        return loss.Count == 0 ? null : $"holds what its loss learned, but {trainer.Loss.Name} learns nothing";
    }

    static void Restore(Trainer trainer, TrainingState state, SavedTensors saved)
    {
        Weights.Restore(trainer.Model, saved.Model);
        if (trainer.Loss.Module is { } module)
            Weights.Restore(module, saved.Loss);
        if (saved.Average.Count > 0)
            trainer.Averager!.Resume(saved.Average, state.Averaged);
        state.Optimizer.Restore(trainer.Optimizer, saved.Optimizer);
        RngState.Restore(state.RngState);
        trainer.Resume(state.Position, state.History);
    }

    /// <summary>The tensors of a checkpoint by file.</summary>
    sealed class SavedTensors : IDisposable
    {
        public Dictionary<string, Tensor> Model { get; } = [];
        public Dictionary<string, Tensor> Optimizer { get; } = [];
        public Dictionary<string, Tensor> Loss { get; } = [];
        public Dictionary<string, Tensor> Average { get; } = [];

        public IEnumerable<(string File, Dictionary<string, Tensor> Tensors)> Files =>
            [(ModelFile, Model), (OptimizerFile, Optimizer), (LossFile, Loss), (AverageFile, Average)];

        public void Dispose()
        {
            foreach (var (_, tensors) in Files)
                Weights.Dispose(tensors);
        }
    }
}
