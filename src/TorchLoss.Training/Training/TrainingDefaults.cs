namespace TorchLoss.Training;

/// <summary>How to train where nothing is asked for: settings that do well on many small tables, not the best for one.</summary>
/// <param name="Hidden">The widths of the hidden layers; none for a linear model.</param>
/// <param name="Dropout">The share of units left out.</param>
/// <param name="Optimizer">The optimizer's name.</param>
/// <param name="LearningRate">The learning rate.</param>
/// <param name="WeightDecay">How strongly weights are drawn to 0.</param>
/// <param name="BatchSize">Samples in a batch.</param>
/// <param name="Epochs">How often all samples are seen at most.</param>
/// <param name="Patience">After how many epochs without a better one training stops.</param>
public sealed record TrainingDefaults(
    IReadOnlyList<int> Hidden,
    double Dropout,
    string Optimizer,
    double LearningRate,
    double WeightDecay,
    int BatchSize,
    int Epochs,
    int Patience
)
{
    const int Updates = 6000;
    const int SmallBatch = 32;

    /// <summary>The settings for a task. Small tables get more epochs, so that all get their share of updates.</summary>
    /// <param name="task">What is learnt.</param>
    /// <param name="linear">Whether the model is linear rather than one with a hidden layer.</param>
    public static TrainingDefaults For(TabularTask task, bool linear = false)
    {
        var epochs = Math.Clamp(Updates * SmallBatch / Math.Max(1, task.Train.Count), 30, 500);
        var regression = task.Kind == TaskKind.Regression;
        return new(
            Hidden: linear ? []
                : regression ? [64]
                : [128],
            Dropout: linear ? 0 : 0.1,
            Optimizer: "adamw",
            LearningRate: linear ? 5e-3 : 2e-3,
            WeightDecay: regression ? 0.05 : 0.01,
            BatchSize: SmallBatch,
            Epochs: epochs,
            Patience: Math.Max(5, epochs / 5)
        );
    }

    /// <summary>The options of a trainer with these settings.</summary>
    /// <param name="task">What is learnt.</param>
    /// <param name="seed">The seed of the run.</param>
    /// <param name="device">Where.</param>
    public TrainerOptions Options(TabularTask task, long seed = 0, string device = "cpu") =>
        new()
        {
            Epochs = Epochs,
            BatchSize = BatchSize,
            Seed = seed,
            Device = device,
            Schedule = new CosineSchedule(0.01),
            ClipNorm = 5,
            Metrics = task.Metrics,
        };

    /// <summary>The model with these settings.</summary>
    /// <param name="task">What is learnt.</param>
    /// <param name="seed">The seed of the run.</param>
    public nn.Module<Tensor, Tensor> Model(TabularTask task, long seed = 0) =>
        Models.Mlp(task.Inputs, task.Outputs, Hidden, Dropout, seed);
}
