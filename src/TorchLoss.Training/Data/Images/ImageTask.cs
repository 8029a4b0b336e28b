namespace TorchLoss.Training;

/// <summary>Images made ready for training.</summary>
public sealed class ImageTask : IDisposable
{
    internal ImageTask(ImageSource source, Split split, PixelScale scale)
    {
        Form = source.Form;
        ClassNames = source.ClassNames;
        Scale = scale;
        Train = source.Set(split.Train, scale);
        Validation = source.Set(split.Validation, scale);
    }

    /// <summary>The form of the inputs.</summary>
    public ImageForm Form { get; }

    /// <summary>The classes in order.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>How pixels became inputs.</summary>
    public PixelScale Scale { get; }

    /// <summary>Inputs (float32, n x channels x height x width) and class indices (int64, n) to learn from.</summary>
    public SampleSet Train { get; }

    /// <summary>The same of the part held back.</summary>
    public SampleSet Validation { get; }

    /// <summary>How well predictions do.</summary>
    public ITaskMetrics Metrics => new ClassificationMetrics(ClassNames);

    /// <inheritdoc/>
    public void Dispose()
    {
        Train.Dispose();
        Validation.Dispose();
    }
}
