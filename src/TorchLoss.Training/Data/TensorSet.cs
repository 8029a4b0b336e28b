namespace TorchLoss.Training;

/// <summary>Samples: inputs and targets with the same number of rows.</summary>
public sealed class TensorSet : IDisposable
{
    /// <summary>Takes over both tensors.</summary>
    public TensorSet(Tensor inputs, Tensor targets)
    {
        if (inputs.dim() == 0 || targets.dim() == 0 || inputs.shape[0] != targets.shape[0])
        {
            throw new ArgumentException(
                $"inputs [{string.Join(", ", inputs.shape)}] and targets [{string.Join(", ", targets.shape)}] "
                    + "must have the same number of rows"
            );
        }
        Inputs = inputs.DetachFromDisposeScope();
        Targets = targets.DetachFromDisposeScope();
    }

    /// <summary>What the model sees.</summary>
    public Tensor Inputs { get; }

    /// <summary>What it ought to say.</summary>
    public Tensor Targets { get; }

    /// <summary>How many samples there are.</summary>
    public int Count => checked((int)Inputs.shape[0]);

    /// <summary>The same inputs (shared, not copied) with targets in another form, such as one-hot rows.</summary>
    /// <param name="change">Makes the new targets from the old ones.</param>
    public TensorSet WithTargets(Func<Tensor, Tensor> change)
    {
        using var scope = NewDisposeScope();
        return new(Inputs.alias(), change(Targets).alias());
    }

    /// <summary>A copy on a device; the same storage where it is there already.</summary>
    public TensorSet To(Device device)
    {
        using var scope = NewDisposeScope();
        return new(Inputs.alias().to(device), Targets.alias().to(device));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Inputs.Dispose();
        Targets.Dispose();
    }
}
