using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace TorchLoss.Training;

/// <summary>
/// Reads the batches of an epoch in their order, some of them ahead of who trains on them. The thread that reads holds no tensor and
/// touches nothing of torch, so nothing is left where it is abandoned.
/// </summary>
internal sealed class ReadAhead : IDisposable
{
    readonly LazySet _data;
    readonly Func<int, long[]> _rows;
    readonly int _width;
    readonly BlockingCollection<(float[]? Values, ExceptionDispatchInfo? Error)>? _queue;
    readonly CancellationTokenSource _stop = new();
    readonly Task _work = Task.CompletedTask;

    /// <summary>Begins to read.</summary>
    /// <param name="data">The samples.</param>
    /// <param name="rows">The samples of a batch.</param>
    /// <param name="first">The batch to begin with.</param>
    /// <param name="count">The batch to end before.</param>
    /// <param name="ahead">How many batches wait at most; 0 reads each when it is asked for, without another thread.</param>
    public ReadAhead(LazySet data, Func<int, long[]> rows, int first, int count, int ahead)
    {
        _data = data;
        _rows = rows;
        _width = checked((int)data.Shape.Aggregate(1L, (a, b) => a * b));
        Next = first;
        if (ahead == 0)
            return;
        _queue = new(ahead);
        _work = Task.Factory.StartNew(() => Fill(first, count), TaskCreationOptions.LongRunning);
    }

    /// <summary>The batch that comes next.</summary>
    public int Next { get; private set; }

    /// <summary>The inputs of the next batch. What reading threw is thrown here.</summary>
    public Tensor Take()
    {
        var rows = _rows(Next);
        var (values, error) = _queue?.Take() ?? (Read(rows), null);
        Next = error is null ? Next + 1 : -1; // nothing follows a failure: who asks again begins anew
        error?.Throw();
        // Into torch's own memory: where a managed array begins decides the last bits of a product, and is a matter of chance.
        var inputs = empty([rows.Length, .. _data.Shape], float32);
        values.CopyTo(MemoryMarshal.Cast<byte, float>(inputs.bytes));
        return inputs;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Cancel();
        _work.Wait();
        _queue?.Dispose();
        _stop.Dispose();
    }

    void Fill(int first, int count)
    {
        try
        {
            for (var batch = first; batch < count; batch++)
                _queue!.Add((Read(_rows(batch)), null), _stop.Token);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested) { }
        catch (Exception e)
        {
            Fail(ExceptionDispatchInfo.Capture(e));
        }
    }

    void Fail(ExceptionDispatchInfo error)
    {
        try
        {
            _queue!.Add((null, error), _stop.Token);
        }
        catch (OperationCanceledException) { }
    }

    float[] Read(long[] rows)
    {
        var values = GC.AllocateUninitializedArray<float>(checked(rows.Length * _width));
        for (var i = 0; i < rows.Length; i++)
        {
            _stop.Token.ThrowIfCancellationRequested();
            lock (_data.Gate)
                _data.Read((int)rows[i], values.AsSpan(i * _width, _width));
        }
        return values;
    }
}
