namespace TorchLoss.Training;

/// <summary>Cuts samples into batches whose order is a pure function of (seed, epoch).</summary>
/// <param name="data">The samples.</param>
/// <param name="size">Samples in a batch; the last one may be smaller.</param>
/// <param name="seed">The seed of the run.</param>
/// <param name="shuffle">Whether the order changes with the epoch, or stays that of the data.</param>
public sealed class Batcher(TensorSet data, int size, long seed = 0, bool shuffle = true) : IDisposable
{
    Tensor? _order;
    long _epoch = -1;

    /// <summary>How many batches an epoch has.</summary>
    public int Count => (data.Count + size - 1) / size;

    /// <summary>How many samples a batch has.</summary>
    public int SizeOf(int batch) => Math.Min(size, data.Count - batch * size);

    /// <summary>A batch of an epoch. The tensors belong to the dispose scope that is open.</summary>
    public (Tensor Inputs, Tensor Targets) Batch(long epoch, int batch)
    {
        if (!shuffle)
            return (Rows(data.Inputs, batch * size, SizeOf(batch)), Rows(data.Targets, batch * size, SizeOf(batch)));
        using var rows = Order(epoch).narrow(0, batch * size, SizeOf(batch));
        return (data.Inputs.index_select(0, rows), data.Targets.index_select(0, rows));
    }

    /// <inheritdoc/>
    public void Dispose() => _order?.Dispose();

    /// <summary>
    /// A copy of some rows. The last bits of a product depend on where in memory its factors begin: always alike in torch's own
    /// memory, a matter of chance in that of a managed array, which <c>tensor(array)</c> shares.
    /// </summary>
    internal static Tensor Rows(Tensor values, long start, long count)
    {
        using var rows = values.narrow(0, start, count);
        return rows.clone();
    }

    Tensor Order(long epoch)
    {
        if (_order is not null && epoch == _epoch)
            return _order;
        _order?.Dispose();
        using var scope = NewDisposeScope();
        _order = tensor(Shuffle.Order(data.Count, seed, epoch)).to(data.Inputs.device).DetachFromDisposeScope();
        _epoch = epoch;
        return _order;
    }
}
