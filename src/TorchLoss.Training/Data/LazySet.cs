namespace TorchLoss.Training;

/// <summary>
/// Samples whose inputs are read when they are needed, such as images of a folder larger than memory. While the model learns from a
/// batch, the next ones are read on another thread (<see cref="TrainerOptions.ReadAhead"/>).
/// </summary>
public abstract class LazySet : SampleSet
{
    /// <summary>Takes over the tensors.</summary>
    /// <param name="targets">What the model ought to say, a row for each sample.</param>
    /// <param name="weights">How much each sample counts, as in a <see cref="TensorSet"/>; null where all count the same.</param>
    protected LazySet(Tensor targets, Tensor? weights = null)
    {
        if (targets.dim() == 0 || weights is not null && (weights.dim() == 0 || weights.shape[0] != targets.shape[0]))
            throw new ArgumentException("targets and weights must have the same number of rows");
        if (weights is not null)
            CheckWeights(weights);
        Targets = targets.DetachFromDisposeScope();
        Weights = weights?.DetachFromDisposeScope();
    }

    /// <summary>The shape of the inputs of one sample.</summary>
    public abstract IReadOnlyList<long> Shape { get; }

    /// <inheritdoc/>
    public override Tensor Targets { get; }

    /// <inheritdoc/>
    public override Tensor? Weights { get; }

    /// <summary>Reads a sample. Called on another thread than the one that trains, never on two at a time.</summary>
    /// <param name="sample">Which one, counted from 0.</param>
    /// <param name="inputs">Where its inputs go: as many numbers as <see cref="Shape"/> says.</param>
    public abstract void Read(int sample, Span<float> inputs);

    /// <summary>Locked while a sample is read.</summary>
    internal virtual object Gate => this;

    /// <inheritdoc/>
    public override SampleSet To(Device device)
    {
        using var scope = NewDisposeScope();
        return new Moved(this, Targets.alias().to(device), Weights?.alias().to(device));
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        Targets.Dispose();
        Weights?.Dispose();
    }

    /// <summary>The same samples with targets on another device, where the inputs of a batch then go too.</summary>
    sealed class Moved(LazySet whole, Tensor targets, Tensor? weights) : LazySet(targets, weights)
    {
        public override IReadOnlyList<long> Shape => whole.Shape;

        internal override object Gate => whole.Gate;

        public override void Read(int sample, Span<float> inputs) => whole.Read(sample, inputs);
    }
}
