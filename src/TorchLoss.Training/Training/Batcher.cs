namespace TorchLoss.Training;

/// <summary>Some samples.</summary>
/// <param name="Inputs">What the model sees.</param>
/// <param name="Targets">What it ought to say.</param>
/// <param name="Weights">How much each counts; null where all count the same.</param>
public readonly record struct SampleBatch(Tensor Inputs, Tensor Targets, Tensor? Weights);

/// <summary>Cuts samples into batches whose order is a pure function of (seed, epoch).</summary>
/// <param name="data">The samples.</param>
/// <param name="size">Samples in a batch; the last one may be smaller.</param>
/// <param name="seed">The seed of the run.</param>
/// <param name="shuffle">Whether the order changes with the epoch, or stays that of the data.</param>
/// <param name="limit">An epoch has at most so many batches; null for all.</param>
/// <param name="ahead">How many batches of a <see cref="LazySet"/> are read before they are asked for.</param>
public sealed class Batcher(
    SampleSet data,
    int size,
    long seed = 0,
    bool shuffle = true,
    int? limit = null,
    int ahead = Batcher.DefaultAhead
) : IDisposable
{
    internal const int DefaultAhead = 4;

    long[] _rows = [];
    Tensor? _order;
    ReadAhead? _reader;
    long _epoch = -1;

    /// <summary>How many batches an epoch has.</summary>
    public int Count => Math.Min(limit ?? int.MaxValue, (data.Count + size - 1) / size);

    /// <summary>How many samples a batch has.</summary>
    public int SizeOf(int batch) => Math.Min(size, data.Count - batch * size);

    /// <summary>The weights of a batch's samples, summed; their number where they have none.</summary>
    public double WeightOf(long epoch, int batch)
    {
        if (data.Weights is not { } weights)
            return SizeOf(batch);
        using var scope = NewDisposeScope();
        return Pick(weights, epoch, batch).sum(ScalarType.Float64).ToDouble();
    }

    /// <summary>A batch of an epoch. The tensors belong to the dispose scope that is open.</summary>
    public SampleBatch Batch(long epoch, int batch) =>
        new(
            data is TensorSet inMemory ? Pick(inMemory.Inputs, epoch, batch) : Read((LazySet)data, epoch, batch),
            Pick(data.Targets, epoch, batch),
            data.Weights is { } weights ? Pick(weights, epoch, batch) : null
        );

    /// <inheritdoc/>
    public void Dispose()
    {
        _reader?.Dispose();
        _order?.Dispose();
    }

    /// <summary>
    /// A copy of some rows. The last bits of a product depend on where in memory its factors begin: always alike in torch's own
    /// memory, a matter of chance in that of a managed array, which <c>tensor(array)</c> shares.
    /// </summary>
    internal static Tensor Rows(Tensor values, long start, long count)
    {
        using var rows = values.narrow(0, start, count);
        return rows.clone();
    }

    Tensor Pick(Tensor values, long epoch, int batch)
    {
        if (!shuffle)
            return Rows(values, (long)batch * size, SizeOf(batch));
        Shuffled(epoch);
        using var rows = _order!.narrow(0, (long)batch * size, SizeOf(batch));
        return values.index_select(0, rows);
    }

    /// <summary>Batches are asked for one after the other; any other one is read too, from there on.</summary>
    Tensor Read(LazySet lazy, long epoch, int batch)
    {
        if (shuffle)
            Shuffled(epoch);
        if (_reader?.Next != batch)
        {
            _reader?.Dispose();
            var rows = _rows;
            _reader = new(lazy, place => Samples(rows, place), batch, Count, ahead);
        }
        return _reader.Take().to(data.Targets.device);
    }

    long[] Samples(long[] rows, int batch)
    {
        var start = batch * size;
        return shuffle
            ? rows.AsSpan(start, SizeOf(batch)).ToArray()
            : [.. Enumerable.Range(start, SizeOf(batch)).Select(row => (long)row)];
    }

    void Shuffled(long epoch)
    {
        if (epoch == _epoch)
            return;
        Dispose();
        _reader = null;
        _rows = Shuffle.Order(data.Count, seed, epoch);
        using var scope = NewDisposeScope();
        _order = tensor(_rows).to(data.Targets.device).DetachFromDisposeScope();
        _epoch = epoch;
    }
}
