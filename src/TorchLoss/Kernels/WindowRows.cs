using System.Runtime.InteropServices;

namespace TorchLoss;

/// <summary>Rows of a plane that windows slide over, in memory of their own; four of each, one for each mean.</summary>
sealed unsafe class WindowRows : IDisposable
{
    const int Alignment = 64;
    const int Widest = 16;

    readonly int width;
    readonly int size;
    readonly float* memory;
    readonly int* steps;

    /// <summary>Room for rows of some width under windows of some size.</summary>
    public WindowRows(int width, int size)
    {
        (this.width, this.size) = (width, size);

        // a filter reads up to the window's size beyond a row, and two vectors beyond that
        const int Two = 2 * Widest;
        Stride = (width + 2 * size + 2 * Two) / Two * Two;
        var floats = Stride * (8 * size + 3 * 4 + 3) + size * Widest;
        memory = (float*)NativeMemory.AlignedAlloc((nuint)floats * sizeof(float), Alignment);
        steps = (int*)NativeMemory.Alloc((nuint)size, sizeof(int));
        new Span<float>(memory, floats).Clear();
    }

    /// <summary>Floats from a row to the next.</summary>
    public int Stride { get; }

    /// <summary>A row of x; later of its gradient.</summary>
    public float* X => memory + Stride * 8 * size;

    /// <summary>A row of x − y; later of the gradient by y.</summary>
    public float* Y => X + Stride;

    /// <summary>The loss of each window.</summary>
    public float* Losses => Y + Stride;

    /// <summary>What was filtered down the columns.</summary>
    public float* Column => Losses + Stride;

    /// <summary>The four means of each window.</summary>
    public float* Means => Column + 4 * Stride;

    /// <summary>The derivatives of the losses by the means, between as many zeros as a window reaches beyond the edge.</summary>
    public float* Padded => Means + 4 * Stride;

    /// <summary>Where they begin.</summary>
    public float* Slopes => Padded + size - 1;

    float* Weights => Padded + 4 * Stride;

    /// <summary>What windows average over, of a row.</summary>
    public float* Maps(int row) => memory + row % size * 4 * Stride;

    /// <summary>The slopes of the windows that begin in a row, spread along it.</summary>
    public float* Upstream(int row) => Maps(row) + size * 4 * Stride;

    /// <summary>Takes the weights, each as a whole vector.</summary>
    public void Weigh<V>(double[] weights)
        where V : struct, ISimd<V>
    {
        for (var k = 0; k < size; k++)
        {
            V.Store(Weights + k * Widest, weights[k]);
        }
    }

    /// <summary>Filters the maps of the rows from <paramref name="row"/> on down into <see cref="Column"/>.</summary>
    public void Down<V>(int row, int count)
        where V : struct, ISimd<V>
    {
        for (var k = 0; k < count; k++)
        {
            steps[k] = (int)(Maps(row + k) - memory);
        }

        WindowKernel.Filter<V>(memory, steps, Weights, count, Column, Stride, width);
    }

    /// <summary>Filters slopes of the windows that began <paramref name="first"/> to <paramref name="last"/> rows above a row.</summary>
    public void Up<V>(int row, int first, int last)
        where V : struct, ISimd<V>
    {
        for (var k = first; k <= last; k++)
        {
            steps[k - first] = (int)(Upstream(row - k) - memory);
        }

        var weights = Weights + first * Widest;
        WindowKernel.Filter<V>(memory, steps, weights, last - first + 1, Column, Stride, width);
    }

    /// <summary>Filters four rows along themselves.</summary>
    public void Along<V>(float* source, float* destination, int count)
        where V : struct, ISimd<V>
    {
        for (var k = 0; k < size; k++)
        {
            steps[k] = k;
        }

        WindowKernel.Filter<V>(source, steps, Weights, size, destination, Stride, count);
    }

    /// <summary>Clears what stands in the rows of slopes behind those of some windows.</summary>
    public void EndSlopes(int count)
    {
        for (var map = 0; map < 4; map++)
        {
            new Span<float>(Slopes + map * Stride + count, Stride - size + 1 - count).Clear();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.AlignedFree(memory);
        NativeMemory.Free(steps);
    }
}
