using TorchLoss.Training;

namespace TorchLoss.Cli.Runs;

/// <summary>A model, its loss and its trainer, made after a plan.</summary>
sealed class Run : IDisposable
{
    readonly RunPlan _plan;
    readonly TrainedLoss _loss;
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
        var choices = plan.Config.Trainer;
        _threads = new FewThreads(plan.Config.Batch * _model.parameters().Sum(p => p.numel()), choices.Threads);
        using var chance = manual_seed(plan.Config.Seed); // proxies of classes are drawn
        _loss = TrainedLoss.Of(plan.Loss, plan.Fit);
        _model.to(choices.Type());
        _loss.to(choices.Type());
        _callbacks = [new ProgressCallback(_ => _loss.Step()), .. callbacks];
        var loss = new LossFunction(_loss, plan.Loss.Title, _loss.Weighted);
        _trainer = new Trainer(_model, loss, plan.Optimizer, plan.Options(_loss.Reduction), _callbacks);
    }

    /// <summary>The trainer.</summary>
    public Trainer Trainer => _trainer;

    /// <summary>The loss of the training part before anything is learnt.</summary>
    public double LossAtStart() => _trainer.Evaluate(_plan.Sets.Train).Loss;

    /// <summary>The loss of a model whose outputs are all 0: classes equally likely, or the mean of the target.</summary>
    public double? LossOfIgnorance()
    {
        if (!_plan.Fit.HasIgnorance)
        {
            return null;
        }

        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        using var train = _plan.Sets.Train.To(_model.parameters().First().device);
        _loss.eval(); // asking must not change what a loss remembers
        var outputs = zeros(train.Count, _plan.Fit.Outputs, train.Inputs.dtype, train.Inputs.device);
        var value = Loss(outputs, train).ToDouble();
        return _loss.Reduction == Reduction.Sum ? value / train.Count : value;
    }

    /// <summary>What looks wrong with model and loss, in whole sentences.</summary>
    public IReadOnlyList<string> Findings() => LossCheck.Run(_trainer, _plan.Sets.Train).Findings;

    /// <summary>Tries learning rates; nothing is trained afterwards.</summary>
    public RateSearch SearchRate() => LearningRateFinder.Run(_trainer, _plan.Sets.Train);

    /// <summary>Trains to the end, and measures the weights that were kept.</summary>
    public RunOutcome Finish(CancellationToken cancel = default)
    {
        var fit = _trainer.Fit(_plan.Sets.Train, _plan.Sets.Validation, cancel);
        return new(
            fit,
            _callbacks.OfType<EarlyStopping>().Single().BestEpoch,
            _trainer.Evaluate(_plan.Sets.Train),
            _trainer.Evaluate(_plan.Sets.Validation),
            HeldBack.Of(_plan, _trainer)
        );
    }

    /// <summary>Trains along with the process that reports.</summary>
    /// <returns>Whether training came to its end.</returns>
    public bool Help(CancellationToken cancel) =>
        _trainer.Fit(_plan.Sets.Train, _plan.Sets.Validation, cancel).Reason is not StopReason.Cancelled;

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

    Tensor Loss(Tensor outputs, TensorSet set) =>
        set.Weights is { } weights
            ? _loss.Weighted(outputs, set.Targets, weights)
            : _loss.forward(outputs, set.Targets);
}
