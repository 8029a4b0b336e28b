namespace TorchLoss.Training;

/// <summary>Samples in memory: inputs and targets with the same number of rows, and perhaps a weight for each.</summary>
public sealed class TensorSet : SampleSet
{
    /// <summary>Takes over the tensors.</summary>
    /// <param name="inputs">What the model sees.</param>
    /// <param name="targets">What it ought to say.</param>
    /// <param name="weights">
    /// How much each sample counts: n numbers, none negative, or in the shape that the loss wants its sample_weight to have (n x 1 for
    /// outputs of n x d). Only losses that take a sample_weight can be trained with them.
    /// </param>
    public TensorSet(Tensor inputs, Tensor targets, Tensor? weights = null)
    {
        CheckRows(inputs, targets, "targets");
        if (weights is not null)
        {
            CheckRows(inputs, weights, "weights");
            CheckWeights(weights);
        }
        Inputs = inputs.DetachFromDisposeScope();
        Targets = targets.DetachFromDisposeScope();
        Weights = weights?.DetachFromDisposeScope();
    }

    /// <summary>What the model sees.</summary>
    public Tensor Inputs { get; }

    /// <inheritdoc/>
    public override Tensor Targets { get; }

    /// <inheritdoc/>
    public override Tensor? Weights { get; }

    /// <summary>The same inputs (shared, not copied) with targets in another form, such as one-hot rows.</summary>
    /// <param name="change">Makes the new targets from the old ones.</param>
    public TensorSet WithTargets(Func<Tensor, Tensor> change)
    {
        using var scope = NewDisposeScope();
        return new(Inputs.alias(), change(Targets).alias(), Weights?.alias());
    }

    /// <summary>A copy on a device; the same storage where it is there already.</summary>
    public override TensorSet To(Device device)
    {
        using var scope = NewDisposeScope();
        return new(Inputs.alias().to(device), Targets.alias().to(device), Weights?.alias().to(device));
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        Inputs.Dispose();
        Targets.Dispose();
        Weights?.Dispose();
    }

    static void CheckRows(Tensor inputs, Tensor others, string what)
    {
        if (inputs.dim() == 0 || others.dim() == 0 || inputs.shape[0] != others.shape[0])
            throw new ArgumentException(
                $"inputs [{string.Join(", ", inputs.shape)}] and {what} [{string.Join(", ", others.shape)}] "
                    + "must have the same number of rows"
            );
    }
}
