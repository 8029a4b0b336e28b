namespace TorchLoss.Training;

/// <summary>A table made ready for training: inputs and targets of the training part and of the part held back.</summary>
public sealed class TabularTask : IDisposable
{
    internal TabularTask(TaskKind kind, Preprocessing preprocessing, TensorSet train, TensorSet validation)
    {
        Kind = kind;
        Preprocessing = preprocessing;
        Train = train;
        Validation = validation;
        FeatureNames = preprocessing.FeatureNames;
    }

    /// <summary>Regression or classification.</summary>
    public TaskKind Kind { get; }

    /// <summary>What lies between the table and the model.</summary>
    public Preprocessing Preprocessing { get; }

    /// <summary>
    /// Inputs (float32, n x features) and targets: class indices (int64, n), or standardised numbers (float32, n x 1).
    /// </summary>
    public TensorSet Train { get; }

    /// <summary>The same of the part held back.</summary>
    public TensorSet Validation { get; }

    /// <summary>The names of the inputs.</summary>
    public IReadOnlyList<string> FeatureNames { get; }

    /// <summary>The names of the classes; empty for a regression.</summary>
    public IReadOnlyList<string> ClassNames => Preprocessing.ClassNames;

    /// <summary>The width of the model's input.</summary>
    public int Inputs => FeatureNames.Count;

    /// <summary>The width of the model's output: a score for each class, or one number.</summary>
    public int Outputs => Kind == TaskKind.Classification ? ClassNames.Count : 1;

    /// <summary>The form of the images that the inputs are, row by row; null where they are no images.</summary>
    public ImageForm? Images { get; internal init; }

    /// <summary>What was left out or decided on the way, in whole sentences.</summary>
    public IReadOnlyList<string> Notes { get; internal init; } = [];

    /// <summary>How well predictions do, in the words of this task: accuracy and so on, or errors in the target's own units.</summary>
    public ITaskMetrics Metrics =>
        Preprocessing.Target is NumberTarget number
            ? new RegressionMetrics(number.Mean, number.Deviation)
            : new ClassificationMetrics(ClassNames);

    /// <summary>Makes a table ready.</summary>
    /// <exception cref="DataFileException">The table does not allow it; the message says what to do.</exception>
    public static TabularTask Prepare(DataTable table, TaskOptions options) => new TaskBuilder(table, options).Build();

    /// <inheritdoc/>
    public void Dispose()
    {
        Train.Dispose();
        Validation.Dispose();
    }
}
