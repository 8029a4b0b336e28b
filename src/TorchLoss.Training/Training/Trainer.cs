using System.Diagnostics;
using TorchSharp.Modules;

namespace TorchLoss.Training;

/// <summary>
/// Trains a model: batches in an order that depends on seed and epoch alone, clipping, accumulation, schedules, callbacks,
/// validation, and checkpoints from which a run goes on bit for bit.
/// </summary>
/// <remarks>
/// Each update seeds torch's generators from (<see cref="TrainerOptions.Seed"/>, step). The same seed on the same machine with
/// the same number of threads gives the same weights.
/// </remarks>
public sealed class Trainer : IDisposable
{
    readonly Device _device;
    readonly Updater _updater;
    readonly Evaluator _evaluator;
    readonly DataParallel _parallel;
    readonly List<EpochRecord> _history = [];
    readonly Stopwatch _clock = new();
    (StopReason Reason, string Message)? _stop;

    /// <summary>Moves the model (and a loss that learns) to the device and makes the optimizer there.</summary>
    /// <param name="model">The model; stays the caller's.</param>
    /// <param name="loss">A loss module, or a <see cref="LossFunction"/>; stays the caller's.</param>
    /// <param name="optimizer">Makes the optimizer for the parameters; see <see cref="Optimizers.Factory"/>.</param>
    /// <param name="options">How to train.</param>
    /// <param name="callbacks">Who is told how it goes, in this order.</param>
    public Trainer(
        nn.Module<Tensor, Tensor> model,
        LossFunction loss,
        Func<IEnumerable<Parameter>, OptimizerHelper> optimizer,
        TrainerOptions options,
        params IReadOnlyList<ITrainingCallback> callbacks
    )
    {
        options.Check();
        _device = Devices.Parse(options.Device);
        Options = options;
        Model = model;
        Loss = loss;
        Callbacks = callbacks;
        model.to(_device);
        loss.Module?.to(_device);
        Parameter[] parameters = [.. model.parameters(), .. loss.Module?.parameters() ?? []];
        if (parameters.Length == 0)
            throw new TrainingException("neither the model nor the loss has a parameter to train");
        Parameters = parameters;
        Optimizer = optimizer(parameters);
        _parallel = new(options.Processes);
        Averager = options.Average is { } rule ? new(model, rule) : null;
        _updater = new(model, loss, Optimizer, parameters, options, _parallel);
        _evaluator = new(model, loss, options);
    }

    /// <summary>The model.</summary>
    public nn.Module<Tensor, Tensor> Model { get; }

    /// <summary>The loss.</summary>
    public LossFunction Loss { get; }

    /// <summary>The optimizer.</summary>
    public OptimizerHelper Optimizer { get; }

    /// <summary>How it trains.</summary>
    public TrainerOptions Options { get; }

    /// <summary>Who is told how it goes.</summary>
    public IReadOnlyList<ITrainingCallback> Callbacks { get; }

    /// <summary>What is trained, of the model and of the loss.</summary>
    internal IReadOnlyList<Parameter> Parameters { get; }

    internal WeightAverager? Averager { get; }

    /// <summary>How far the run has come.</summary>
    public TrainingPosition Position { get; private set; } = new();

    /// <summary>The epochs done.</summary>
    public IReadOnlyList<EpochRecord> History => _history;

    /// <summary>Trains until the epochs are done, a callback stops it, or the caller cancels.</summary>
    /// <param name="train">What to learn from.</param>
    /// <param name="validation">What to measure on after each epoch.</param>
    /// <param name="cancel">Stops after the update that is running.</param>
    /// <exception cref="TrainingException">The loss is not a finite number, or a shape does not fit.</exception>
    public FitResult Fit(SampleSet train, SampleSet? validation = null, CancellationToken cancel = default)
    {
        if (train.Count == 0 || validation is { Count: 0 })
            throw new TrainingException("there is no sample to train or validate on");
        using var trainHere = train.To(_device);
        using var validationHere = validation?.To(_device);
        using var batches = new Batcher(
            trainHere,
            Options.BatchSize,
            Options.Seed,
            Options.Shuffle,
            Options.LimitBatches,
            Options.ReadAhead
        );
        _stop = null;
        _clock.Restart();
        Align();
        Tell(callback => callback.OnFitStart(this));
        while (_stop is null && Position.Epoch < Options.Epochs)
            Epoch(batches, validationHere, cancel);
        var (reason, message) = _stop ?? (StopReason.Finished, $"all {Options.Epochs} epochs are done");
        Tell(callback => callback.OnStop(this, reason));
        if (reason is StopReason.Finished or StopReason.Stopped)
            Averager?.Give();
        Tell(callback => callback.OnFitEnd(this, reason));
        return new([.. _history], reason, message);
    }

    /// <summary>Loss and metrics of a set, with the weights that the model has now.</summary>
    public Evaluation Evaluate(SampleSet data)
    {
        using var here = data.To(_device);
        return _evaluator.Evaluate(here);
    }

    /// <summary>The outputs of the model for all inputs, on the CPU.</summary>
    public Tensor Predict(Tensor inputs) => _evaluator.Predict(inputs);

    /// <summary>Ends training after the update or epoch that is running.</summary>
    /// <param name="message">The reason in words.</param>
    public void Stop(string message) => _stop ??= (StopReason.Stopped, message);

    /// <summary>Releases the optimizer's state; model and loss stay.</summary>
    public void Dispose()
    {
        Averager?.Dispose();
        Optimizer.Dispose();
    }

    /// <summary>A copy of the weights that validation measures: the averaged ones where there are some.</summary>
    internal Dictionary<string, Tensor> CopyWeights() =>
        Averager is { Taken: > 0 } averager ? Weights.Copy(averager.Average, Model) : Weights.Copy(Model);

    /// <summary>An update that the run takes no notice of.</summary>
    internal (TrainingPosition Position, double Loss) Try(Batcher batches, TrainingPosition at, double rateFactor) =>
        _updater.Update(batches, at, rateFactor);

    /// <summary>
    /// Weights that are no numbers must not be kept: a loss may be finite where its gradient is not, so that only the next batch would
    /// tell, after they were saved.
    /// </summary>
    /// <exception cref="TrainingException">Some are not finite.</exception>
    internal void CheckWeights()
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        foreach (var module in new nn.Module?[] { Model, Loss.Module }.OfType<nn.Module>())
        {
            foreach (var (name, parameter) in module.named_parameters())
            {
                if (!parameter.isfinite().all().ToBoolean())
                    throw new TrainingException($"'{name}' is not finite after step {Position.Step} with {Loss.Name}");
            }
        }
        // Not those of the loss, to which NaN may mean that nothing is known yet; infinite ones may be masks.
        foreach (var (name, buffer) in Model.named_buffers())
        {
            if (buffer.is_floating_point() && buffer.isnan().any().ToBoolean())
                throw new TrainingException($"'{name}' is NaN after step {Position.Step}{WhyNoVariance(name)}");
        }
    }

    static string WhyNoVariance(string name) =>
        name.EndsWith("running_var")
            ? ": a batch of one sample has no variance that batch norm could keep; choose a BatchSize that leaves no single one"
            : "";

    internal void Resume(TrainingPosition position, IEnumerable<EpochRecord> history)
    {
        Position = position;
        _history.Clear();
        _history.AddRange(history);
    }

    void Epoch(Batcher batches, SampleSet? validation, CancellationToken cancel)
    {
        var clock = Stopwatch.StartNew();
        var seen = Position.Samples;
        Model.train();
        Loss.Module?.train();
        while (Position.Batch < batches.Count)
        {
            StopIfAsked(cancel);
            if (_stop is not null)
                return;
            Update(batches, clock, seen);
        }
        Align(); // running statistics, as of batch norm, are those of process 0
        CheckWeights();
        var speed = (Position.Samples - seen) / clock.Elapsed.TotalSeconds;
        var evaluation = validation is null ? null : Validate(validation);
        Finish(evaluation, clock.Elapsed.TotalSeconds, speed);
    }

    void StopIfAsked(CancellationToken cancel)
    {
        if (_parallel.Any(cancel.IsCancellationRequested))
            _stop ??= (StopReason.Cancelled, $"cancelled after step {Position.Step}");
        if (Options.MaxTime is { } limit && _parallel.Any(_clock.Elapsed >= limit))
            _stop ??= (StopReason.Stopped, $"the time of {limit} is over after step {Position.Step}");
        if (Position.Step >= Options.MaxSteps)
            _stop ??= (StopReason.StepLimit, $"the limit of {Options.MaxSteps} steps is reached");
    }

    void Update(Batcher batches, Stopwatch clock, long seen)
    {
        var steps = Steps(batches);
        var rate = Options.Schedule.Factor(Position.Step, steps, _history);
        var (position, loss) = _updater.Update(batches, Position, rate);
        Position = position;
        Averager?.Take((double)position.Step / steps, position.Batch == batches.Count);
        if (Callbacks.Count == 0)
            return;
        var report = new BatchReport(
            position.Epoch + 1,
            Options.Epochs,
            position.Batch,
            batches.Count,
            position.Step,
            loss,
            position.Loss,
            LearningRate(),
            (position.Samples - seen) / clock.Elapsed.TotalSeconds
        )
        {
            Terms = position.Terms(Loss.TermNames),
        };
        Tell(callback => callback.OnUpdate(this, report));
    }

    long Steps(Batcher batches) =>
        (long)Options.Epochs * ((batches.Count + Options.Accumulate - 1) / Options.Accumulate);

    Evaluation Validate(SampleSet validation)
    {
        using var averaged = Averager?.Lend();
        var evaluation = _evaluator.Evaluate(validation, Options.LimitValidationBatches);
        return double.IsFinite(evaluation.Loss)
            ? evaluation
            : throw new TrainingException(
                $"the loss {Loss.Name} is {evaluation.Loss} on the validation part after epoch {Position.Epoch + 1}"
            );
    }

    void Finish(Evaluation? evaluation, double seconds, double speed)
    {
        var own = new EpochRecord(
            Position.Epoch + 1,
            Position.Step,
            LearningRate(),
            Position.Loss,
            evaluation?.Loss,
            evaluation?.Metrics ?? new Dictionary<string, double>(),
            seconds,
            speed
        )
        {
            Terms = Position.Terms(Loss.TermNames),
        };
        var record = _parallel.IsAlone ? own : Agreed(own);
        _history.Add(record);
        Position = new() { Step = Position.Step, Epoch = Position.Epoch + 1 };
        Tell(callback => callback.OnEpochEnd(this, record));
    }

    void Align() => _parallel.Align(Loss.Module is { } module ? [Model, module] : [Model]);

    /// <summary>One opinion for all processes: a last bit may decide when to stop.</summary>
    EpochRecord Agreed(EpochRecord record)
    {
        string[] names = [.. record.Metrics.Keys];
        double[] mine = [record.TrainLoss, record.ValidationLoss ?? 0, .. record.Metrics.Values];
        var numbers = _parallel.Agree(mine);
        return record with
        {
            TrainLoss = numbers[0],
            ValidationLoss = record.ValidationLoss is null ? null : numbers[1],
            Metrics = names.Zip(numbers[2..]).ToDictionary(m => m.First, m => m.Second, StringComparer.Ordinal),
        };
    }

    double LearningRate() => Optimizer.ParamGroups.First().LearningRate;

    void Tell(Action<ITrainingCallback> what)
    {
        foreach (var callback in Callbacks)
            what(callback);
    }
}
