using TorchSharp.Modules;

namespace TorchLoss.Training;

/// <summary>Data-parallel training: each process runs the model on its part of every batch.</summary>
/// <remarks>
/// The outputs of all processes are put together before the loss is computed, each process's own part with its graph. So every
/// process computes the loss of the whole batch, also one that is no mean over samples: a contrastive loss sees the negatives of
/// all processes, a class-weighted mean has its true divisor. The gradient of the model is the sum over the processes, which each
/// know the part that flows through their own outputs. It equals that of one process on the whole batch up to rounding.
/// </remarks>
internal sealed class DataParallel(ICollective processes)
{
    public bool IsAlone => processes.Size == 1;

    /// <summary>Gives all models and losses the values of process 0.</summary>
    public void Align(IEnumerable<nn.Module> modules)
    {
        if (IsAlone)
            return;
        using var scope = NewDisposeScope();
        using var constant = no_grad();
        foreach (var values in modules.SelectMany(m => m.parameters().Cast<Tensor>().Concat(m.buffers())))
            Exchange(values, processes.Broadcast);
    }

    /// <summary>The same numbers everywhere: those of process 0.</summary>
    public double[] Agree(double[] numbers)
    {
        if (IsAlone)
            return numbers;
        using var values = tensor(numbers).clone();
        processes.Broadcast(values);
        return values.data<double>().ToArray();
    }

    /// <summary>Whether any process says so.</summary>
    public bool Any(bool mine)
    {
        if (IsAlone)
            return mine;
        using var votes = zeros(1, ScalarType.Int64);
        if (mine)
            votes.add_(1);
        processes.AllReduceSum(votes);
        return votes.ToInt64() > 0;
    }

    /// <summary>The rows of a batch that this process runs; those before come from processes of lower rank.</summary>
    public (long Start, long Count) Part(long rows)
    {
        var start = rows * processes.Rank / processes.Size;
        return (start, rows * (processes.Rank + 1) / processes.Size - start);
    }

    /// <summary>The outputs for a whole batch, of which this process runs its part.</summary>
    /// <param name="inputs">The inputs of the whole batch.</param>
    /// <param name="forward">The model.</param>
    public Tensor Outputs(Tensor inputs, Func<Tensor, Tensor> forward)
    {
        var rows = inputs.shape[0];
        var (start, count) = Part(rows);
        var own = count == 0 ? null : forward(Batcher.Rows(inputs, start, count));
        var joined = Joined(own, start, rows, inputs.device);
        return own is null
            ? joined
            : cat([joined.narrow(0, 0, start), own, joined.narrow(0, start + count, rows - start - count)], 0);
    }

    /// <summary>Adds the gradients of a model up over all processes, all of them in one message.</summary>
    public void AddGradients(IReadOnlyList<Parameter> parameters)
    {
        using var scope = NewDisposeScope();
        using var constant = no_grad();
        var present = tensor(parameters.Select(p => p.grad is null ? 0L : 1).ToArray()).clone();
        processes.AllReduceSum(present);
        var counts = present.data<long>().ToArray();
        var trained = parameters.Where((_, i) => counts[i] > 0).ToList();
        foreach (var group in trained.GroupBy(p => p.dtype))
            Add([.. group]);
    }

    void Add(Parameter[] parameters)
    {
        var bucket = cat([.. parameters.Select(p => (p.grad ?? zeros_like(p)).flatten())], 0);
        Exchange(bucket, processes.AllReduceSum);
        long at = 0;
        foreach (var parameter in parameters)
        {
            var sum = bucket.narrow(0, at, parameter.numel()).view(parameter.shape);
            if (parameter.grad is { } gradient)
                gradient.copy_(sum);
            else
                parameter.grad = sum.clone().DetachFromDisposeScope();
            at += parameter.numel();
        }
    }

    /// <summary>The outputs of all processes in their places, without a graph.</summary>
    Tensor Joined(Tensor? own, long start, long rows, Device device)
    {
        using var constant = no_grad();
        var (shape, dtype) = Form(own, rows);
        var joined = zeros([rows, .. shape], dtype, device);
        if (own is not null)
            joined.narrow(0, start, own.shape[0]).copy_(own);
        Exchange(joined, processes.AllReduceSum);
        return joined;
    }

    /// <summary>Shape of a row and dtype of the outputs. A process without rows learns them from one that has some.</summary>
    (long[] Shape, ScalarType Dtype) Form(Tensor? own, long rows)
    {
        if (rows >= processes.Size)
            return (own!.shape[1..], own.dtype);
        const int MostDimensions = 8;
        var last = processes.Size - 1; // it always has a row
        var form = zeros(MostDimensions + 2, ScalarType.Int64);
        if (own is not null && processes.Rank == last)
        {
            long[] mine = [(long)own.dtype, own.dim() - 1, .. own.shape[1..]];
            form.narrow(0, 0, mine.Length).copy_(tensor(mine));
        }

        processes.AllReduceSum(form);
        var numbers = form.data<long>().ToArray();
        return (numbers[2..(int)(2 + numbers[1])], (ScalarType)numbers[0]);
    }

    /// <summary>Runs an exchange on a contiguous CPU copy where the tensor itself cannot take part.</summary>
    static void Exchange(Tensor values, Action<Tensor> exchange)
    {
        var direct =
            values.device_type == DeviceType.CPU
            && values.is_contiguous()
            && values.dtype is ScalarType.Float32 or ScalarType.Float64 or ScalarType.Int64;
        if (direct)
        {
            exchange(values);
            return;
        }

        var wide = values.is_floating_point() ? ScalarType.Float32 : ScalarType.Int64;
        using var copy = values.cpu().to(values.dtype is ScalarType.Float64 ? values.dtype : wide).contiguous();
        exchange(copy);
        values.copy_(copy);
    }
}
