namespace TorchLoss.Training;

/// <summary>Samples to train on: a <see cref="TensorSet"/> in memory, or a <see cref="LazySet"/> that reads them when they are needed.</summary>
public abstract class SampleSet : IDisposable
{
    private protected SampleSet() { }

    /// <summary>What the model ought to say, a row for each sample; always in memory.</summary>
    public abstract Tensor Targets { get; }

    /// <summary>How much each sample counts; null where all count the same.</summary>
    public abstract Tensor? Weights { get; }

    /// <summary>How many samples there are.</summary>
    public int Count => checked((int)Targets.shape[0]);

    /// <summary>The samples on a device, to be disposed after use. What the samples are read from stays the caller's.</summary>
    public abstract SampleSet To(Device device);

    /// <inheritdoc/>
    public abstract void Dispose();

    private protected static void CheckWeights(Tensor weights)
    {
        using var scope = NewDisposeScope();
        var usable = weights.is_floating_point() && weights.isfinite().logical_and(weights.ge(0)).all().ToBoolean();
        if (!usable)
            throw new ArgumentException("weights must be floating-point numbers, finite and not negative");
    }
}
