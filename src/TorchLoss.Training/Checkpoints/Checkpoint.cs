using System.Text.Json;

namespace TorchLoss.Training;

/// <summary>
/// A directory from which a run goes on bit for bit: model.safetensors, optimizer.safetensors, loss.safetensors where the loss
/// learns, state.json (position, seed, random state, threads, versions, history) and SHA256SUMS over all of them.
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
        var model = new Dictionary<string, Tensor>();
        var optimizer = new Dictionary<string, Tensor>();
        var loss = new Dictionary<string, Tensor>();
        try
        {
            model = SafeTensors.Load(Path.Combine(path, ModelFile));
            optimizer = SafeTensors.Load(Path.Combine(path, OptimizerFile));
            if (names.Contains(LossFile))
                loss = SafeTensors.Load(Path.Combine(path, LossFile));
            Check(path, trainer, state, model, optimizer, loss);
            Restore(trainer, state, model, optimizer, loss);
            return state.Notes(trainer);
        }
        finally
        {
            Weights.Dispose(model);
            Weights.Dispose(optimizer);
            Weights.Dispose(loss);
        }
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

    static void Check(
        string path,
        Trainer trainer,
        TrainingState state,
        Dictionary<string, Tensor> model,
        Dictionary<string, Tensor> optimizer,
        Dictionary<string, Tensor> loss
    )
    {
        var reason =
            state.Misfit(trainer.Options)
            ?? Weights.Misfit(trainer.Model, model)
            ?? MisfitLoss(trainer, loss)
            ?? state.Optimizer.Misfit(trainer.Optimizer, optimizer)
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

    static void Restore(
        Trainer trainer,
        TrainingState state,
        Dictionary<string, Tensor> model,
        Dictionary<string, Tensor> optimizer,
        Dictionary<string, Tensor> loss
    )
    {
        Weights.Restore(trainer.Model, model);
        if (trainer.Loss.Module is { } module)
            Weights.Restore(module, loss);
        state.Optimizer.Restore(trainer.Optimizer, optimizer);
        RngState.Restore(state.RngState);
        trainer.Resume(state.Position, state.History);
    }
}
