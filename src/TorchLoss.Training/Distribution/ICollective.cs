namespace TorchLoss.Training;

/// <summary>Processes that train one model together. Every one calls the same methods in the same order.</summary>
public interface ICollective
{
    /// <summary>Which process this is, counted from 0.</summary>
    int Rank { get; }

    /// <summary>How many there are.</summary>
    int Size { get; }

    /// <summary>Replaces a tensor by the sum of those of all processes, the same bits everywhere.</summary>
    /// <param name="values">Contiguous, on the CPU, of float32, float64 or int64, of one shape everywhere.</param>
    void AllReduceSum(Tensor values);

    /// <summary>Replaces a tensor by that of process 0.</summary>
    /// <param name="values">Contiguous, on the CPU, of float32, float64 or int64, of one shape everywhere.</param>
    void Broadcast(Tensor values);

    /// <summary>Waits for all.</summary>
    void Barrier();
}

/// <summary>A process that trains alone.</summary>
public sealed class SingleProcess : ICollective
{
    /// <inheritdoc/>
    public int Rank => 0;

    /// <inheritdoc/>
    public int Size => 1;

    /// <inheritdoc/>
    public void AllReduceSum(Tensor values) { }

    /// <inheritdoc/>
    public void Broadcast(Tensor values) { }

    /// <inheritdoc/>
    public void Barrier() { }
}
