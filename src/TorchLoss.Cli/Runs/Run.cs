using TorchLoss.Training;

namespace TorchLoss.Cli.Runs;

/// <summary>A model, its loss and its trainer, made after a plan.</summary>
sealed class Run : IDisposable
{
    readonly RunPlan _plan;
    readonly AdaptedLoss _loss;
    readonly nn.Module<Tensor, Tensor> _model;
    readonly IReadOnlyList<ITrainingCallback> _callbacks;
    readonly Trainer _trainer;
    readonly FewThreads _threads;

    /// <summary>Makes everything; nothing is trained yet.</summary>
    /// <param name="plan">What to make.</param>
    /// <param name="callbacks">Who is told how it goes; early stopping among them.</param>
    public Run(RunPlan plan, params IReadOnlyList<ITrainingCallback> callbacks)
    {
        _plan = plan;
        _model = plan.CreateModel();
        _threads = new FewThreads(plan.Config.Batch * _model.parameters().Sum(p => p.numel()));
        _loss = new AdaptedLoss(plan.Loss, plan.Fit);
        _callbacks = callbacks;
        var loss = new LossFunction(_loss, plan.Loss.Title);
        _trainer = new Trainer(_model, loss, plan.Optimizer, plan.Options(_loss.Reduction), callbacks);
    }

    /// <summary>The trainer.</summary>
    public Trainer Trainer => _trainer;

    /// <summary>The loss of the training part before anything is learnt.</summary>
    public double LossAtStart() => _trainer.Evaluate(_plan.Task.Train).Loss;

    /// <summary>The loss of a model whose outputs are all 0: classes equally likely, or the mean of the target.</summary>
    public double LossOfIgnorance()
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        using var train = _plan.Task.Train.To(_model.parameters().First().device);
        var outputs = zeros(train.Count, _plan.Fit.Outputs, device: train.Inputs.device);
        var value = _loss.forward(outputs, train.Targets).ToDouble();
        return _loss.Reduction == Reduction.Sum ? value / train.Count : value;
    }

    /// <summary>Trains to the end, and measures the weights that were kept.</summary>
    public RunOutcome Finish(CancellationToken cancel = default)
    {
        var fit = _trainer.Fit(_plan.Task.Train, _plan.Task.Validation, cancel);
        return new(
            fit,
            _callbacks.OfType<EarlyStopping>().Single().BestEpoch,
            _trainer.Evaluate(_plan.Task.Train),
            _trainer.Evaluate(_plan.Task.Validation),
            HeldBack.Of(_plan, _trainer)
        );
    }

    /// <summary>Trains along with the process that reports.</summary>
    /// <returns>Whether training came to its end.</returns>
    public bool Help(CancellationToken cancel) =>
        _trainer.Fit(_plan.Task.Train, _plan.Task.Validation, cancel).Reason is not StopReason.Cancelled;

    public void Dispose()
    {
        _trainer.Dispose();
        foreach (var callback in _callbacks.OfType<IDisposable>())
        {
            callback.Dispose();
        }

        _loss.Dispose();
        _model.Dispose();
        _threads.Dispose();
    }
}
