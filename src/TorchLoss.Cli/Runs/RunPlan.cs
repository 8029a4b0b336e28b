using TorchLoss.Cli.Losses;
using TorchLoss.Training;

namespace TorchLoss.Cli.Runs;

/// <summary>A run that is decided in every detail, with its data at hand.</summary>
sealed class RunPlan : IDisposable
{
    const string Regression = "regression";
    const string Classification = "classification";
    const int NamedColumns = 20;

    readonly ICollective _processes;

    RunPlan(RunConfig config, DataSource source, TabularTask task, LossChoice loss, ICollective? processes)
    {
        _processes = processes ?? new SingleProcess();
        Config = config;
        Source = source;
        Task = task;
        Loss = loss;
        Fit = LossAdapter.Fit(loss, task);
        CheckWeights();
        Sets = new(task, config.Trainer);
    }

    /// <summary>The words --task takes.</summary>
    public static IReadOnlyList<string> Tasks { get; } = ["auto", Regression, Classification];

    /// <summary>The words --model takes.</summary>
    public static IReadOnlyList<string> Models { get; } = ["linear", "mlp"];

    /// <summary>The words --on-missing takes.</summary>
    public static IReadOnlyList<string> MissingPolicies { get; } = ["drop", "mean", "error"];

    public RunConfig Config { get; }
    public DataSource Source { get; }
    public TabularTask Task { get; }
    public LossChoice Loss { get; }
    public LossFit Fit { get; }

    /// <summary>The samples.</summary>
    public RunSets Sets { get; }

    /// <summary>What is measured.</summary>
    public ITaskMetrics Metrics => new AdaptedMetrics(Fit.Metrics ?? Task.Metrics, Fit);

    /// <summary>Fills in whatever the user left open.</summary>
    /// <param name="request">What the user said.</param>
    /// <param name="processes">Who trains along; nobody where null.</param>
    /// <exception cref="UsageException">Something does not fit; the message names the option.</exception>
    public static RunPlan Of(RunRequest request, ICollective? processes = null)
    {
        var source = Open(request.Data);
        var target = Target(source, request.Target);
        var task = Prepare(
            source,
            target,
            request.Task,
            request.OnMissing,
            request.Validation,
            request.Seed,
            request.Trainer.SampleWeight
        );
        return Guarded(
            task,
            () =>
            {
                var isClasses = task.Kind == TaskKind.Classification;
                var loss = LossChoice.Parse(request.Loss ?? (isClasses ? "CrossEntropyLoss" : "MSELoss"));
                return new(Decide(request, source, target, task, loss), source, task, loss, processes);
            }
        );
    }

    /// <summary>The plan of a run that has begun.</summary>
    /// <exception cref="UsageException">Its data are gone or have changed.</exception>
    public static RunPlan Of(RunConfig config, ICollective? processes = null)
    {
        var source = Open(config.Data);
        if (source.Fingerprint != config.DataFingerprint)
        {
            throw new UsageException($"--resume: {config.Data} has changed since the run began.");
        }

        var task = Prepare(
            source,
            config.Target,
            config.Task,
            config.OnMissing,
            config.Validation,
            config.Seed,
            config.Trainer.SampleWeight
        );
        return Guarded(task, () => new(config, source, task, LossChoice.Parse(config.Loss), processes));
    }

    /// <summary>The model with the weights that the seed decides.</summary>
    public nn.Module<Tensor, Tensor> CreateModel() =>
        TorchLoss.Training.Models.Mlp(Task.Inputs, (int)Fit.Outputs, Config.Hidden, Config.Dropout, Config.Seed);

    /// <summary>Makes the optimizer.</summary>
    public Func<IEnumerable<TorchSharp.Modules.Parameter>, TorchSharp.Modules.OptimizerHelper> Optimizer =>
        Optimizers.Factory(Config.Optimizer, Config.LearningRate, Config.WeightDecay);

    /// <summary>How the trainer trains.</summary>
    public TrainerOptions Options(Reduction reduction) =>
        Config.Trainer.Apply(
            TrainingDefaults.For(Task).Options(Task, Config.Seed, Config.Device) with
            {
                Epochs = Config.Epochs,
                BatchSize = Config.Batch,
                LossReduction = reduction,
                Metrics = Metrics,
                Processes = _processes,
            }
        );

    public void Dispose()
    {
        Sets.Dispose();
        Task.Dispose();
    }

    void CheckWeights()
    {
        var choices = Config.Trainer;
        var balanced = choices.ClassWeights == "balanced";
        if (balanced && Task.Kind != TaskKind.Classification)
        {
            throw new UsageException("--class-weights balanced is for a classification; this is a regression.");
        }

        if ((balanced || choices.SampleWeight is not null) && SampleWeighting.Obstacle(Loss, Fit) is { } obstacle)
        {
            throw new UsageException($"{(balanced ? "--class-weights balanced" : "--sample-weight")}: {obstacle}.");
        }
    }

    static RunConfig Decide(RunRequest request, DataSource source, string target, TabularTask task, LossChoice loss)
    {
        var defaults = TrainingDefaults.For(task, linear: request.Model == "linear");
        var optimizer = request.Optimizer ?? defaults.Optimizer;
        var byHeart = request.Trainer.Overfit;
        var decay = optimizer == "adamw" && !byHeart ? defaults.WeightDecay : 0; // elsewhere it would enter the gradient
        var patience = request.Epochs is null && !byHeart ? defaults.Patience : 0; // a number of epochs that is named is done
        return new()
        {
            Data = source.BuiltIn?.Name ?? Path.TrimEndingDirectorySeparator(Path.GetFullPath(request.Data)),
            DataFingerprint = source.Fingerprint,
            Target = target,
            Task = task.Kind == TaskKind.Regression ? Regression : Classification,
            Loss = loss.Text,
            Hidden = defaults.Hidden,
            Dropout = byHeart ? 0 : defaults.Dropout,
            Device = request.Device,
            Epochs = (int)(request.Epochs ?? defaults.Epochs),
            Batch = (int)(request.Batch ?? defaults.BatchSize),
            Optimizer = optimizer,
            LearningRate = request.LearningRate ?? DefaultRate(optimizer, defaults),
            WeightDecay = request.WeightDecay ?? decay,
            Patience = (int)(request.Patience ?? patience),
            Seed = request.Seed,
            OnMissing = request.OnMissing,
            Validation = request.Validation,
            Trainer = request.Trainer,
        };
    }

    /// <summary>Plain gradient descent needs larger steps than the methods that scale their own.</summary>
    static double DefaultRate(string optimizer, TrainingDefaults defaults) =>
        optimizer is "sgd" or "adagrad" ? 10 * defaults.LearningRate : defaults.LearningRate;

    /// <summary>The data of that name, or of that file.</summary>
    /// <exception cref="UsageException">There are none.</exception>
    public static DataSource Open(string data)
    {
        try
        {
            return DataSource.Open(data);
        }
        catch (DataFileException e)
        {
            throw new UsageException($"--data {e.Message}");
        }
    }

    /// <summary>The name of the target: the one given, or that of the data set.</summary>
    /// <exception cref="UsageException">There is none of that name.</exception>
    public static string Target(DataSource source, string? name)
    {
        var (target, known) = (name ?? source.DefaultTarget, source.Targets);
        if (known.Contains(target))
        {
            return target;
        }

        var names = string.Join(", ", known.Take(NamedColumns));
        var more = known.Count > NamedColumns ? $" and {known.Count - NamedColumns} more" : "";
        throw new UsageException($"--target '{target}' is no column of {source.Name}; there are {names}{more}.");
    }

    static TabularTask Prepare(
        DataSource source,
        string target,
        string task,
        string onMissing,
        double validation,
        long seed,
        string? weight
    )
    {
        Target(source, target);
        if (weight is not null && !source.Targets.Contains(weight))
        {
            throw new UsageException($"--sample-weight '{weight}' is no column of {source.Name}.");
        }

        try
        {
            var options = new TaskOptions
            {
                Target = target,
                Task = Enum.Parse<TaskKind>(task, ignoreCase: true),
                OnMissing = Enum.Parse<MissingPolicy>(onMissing, ignoreCase: true),
                ValidationShare = validation,
                Seed = seed,
                SampleWeight = weight,
                Ignore = [.. (source.BuiltIn?.Ignore ?? []).Where(name => name != target && name != weight)],
            };
            return source.Prepare(options);
        }
        catch (DataFileException e)
        {
            throw new UsageException($"--data {e.Message}");
        }
    }

    static RunPlan Guarded(TabularTask task, Func<RunPlan> make)
    {
        try
        {
            return make();
        }
        catch
        {
            task.Dispose();
            throw;
        }
    }
}
