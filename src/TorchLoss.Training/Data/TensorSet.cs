namespace TorchLoss.Training;

/// <summary>Samples: inputs and targets with the same number of rows, and perhaps a weight for each.</summary>
public sealed class TensorSet : IDisposable
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
            CheckWeights(inputs, weights);
        Inputs = inputs.DetachFromDisposeScope();
        Targets = targets.DetachFromDisposeScope();
        Weights = weights?.DetachFromDisposeScope();
    }

    /// <summary>What the model sees.</summary>
    public Tensor Inputs { get; }

    /// <summary>What it ought to say.</summary>
    public Tensor Targets { get; }

    /// <summary>How much each sample counts; null where all count the same.</summary>
    public Tensor? Weights { get; }

    /// <summary>How many samples there are.</summary>
    public int Count => checked((int)Inputs.shape[0]);

    /// <summary>The same inputs (shared, not copied) with targets in another form, such as one-hot rows.</summary>
    /// <param name="change">Makes the new targets from the old ones.</param>
    public TensorSet WithTargets(Func<Tensor, Tensor> change)
    {
        using var scope = NewDisposeScope();
        return new(Inputs.alias(), change(Targets).alias(), Weights?.alias());
    }

    /// <summary>A copy on a device; the same storage where it is there already.</summary>
    public TensorSet To(Device device)
    {
        using var scope = NewDisposeScope();
        return new(Inputs.alias().to(device), Targets.alias().to(device), Weights?.alias().to(device));
    }

    /// <inheritdoc/>
    public void Dispose()
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

    static void CheckWeights(Tensor inputs, Tensor weights)
    {
        CheckRows(inputs, weights, "weights");
        using var scope = NewDisposeScope();
        var usable = weights.is_floating_point() && weights.isfinite().logical_and(weights.ge(0)).all().ToBoolean();
        if (!usable)
            throw new ArgumentException("weights must be floating-point numbers, finite and not negative");
    }
}
