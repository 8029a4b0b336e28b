namespace TorchLoss.Training;

/// <summary>All that an update changes, kept in memory and put back on disposal.</summary>
internal sealed class TrainerSnapshot : IDisposable
{
    readonly Trainer _trainer;
    readonly Dictionary<string, Tensor> _model;
    readonly Dictionary<string, Tensor> _loss;
    readonly Dictionary<string, Tensor> _optimizerTensors;
    readonly OptimizerSnapshot _optimizer;
    readonly byte[] _chance;
    readonly ModuleModes _modes;

    public TrainerSnapshot(Trainer trainer)
    {
        _trainer = trainer;
        _model = Weights.Copy(trainer.Model);
        _loss = trainer.Loss.Module is { } module ? Weights.Copy(module) : [];
        _optimizer = OptimizerSnapshot.Of(trainer.Optimizer);
        _optimizerTensors = OptimizerSnapshot
            .Tensors(trainer.Optimizer)
            .ToDictionary(pair => pair.Key, pair => pair.Value.clone().DetachFromDisposeScope());
        _chance = RngState.Capture();
        _modes = new(trainer.Model, trainer.Loss.Module);
    }

    public void Dispose()
    {
        Weights.Restore(_trainer.Model, _model);
        if (_trainer.Loss.Module is { } module)
            Weights.Restore(module, _loss);
        _optimizer.Restore(_trainer.Optimizer, _optimizerTensors);
        RngState.Restore(_chance);
        foreach (var parameter in _trainer.Parameters)
            parameter.grad = null;
        _modes.Dispose();
        Weights.Dispose(_model);
        Weights.Dispose(_loss);
        Weights.Dispose(_optimizerTensors);
    }
}
