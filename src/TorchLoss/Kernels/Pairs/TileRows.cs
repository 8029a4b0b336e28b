using System.Numerics;
using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>Rows as the products of tiles read them: filled up with zeros to whole tiles, of length 1 if wanted, and their gradient.</summary>
/// <remarks>
/// The way back from units is <c>∂x = (∂u − (∂u · u) u) / |x|</c>. In torch operators it makes a dozen tensors of the size of the batch,
/// whose fresh memory takes longer than all that is computed here. Nothing here runs on libtorch's threads: a loss at 1024 rows
/// was a third slower with its scale in torch operators, presumably since those threads spin on after their work.
/// </remarks>
sealed unsafe class TileRows
{
    /// <summary>Rows in a tile.</summary>
    public const int Side = TileProduct.Panel;

    /// <summary>One over the length of each row; 0 for one that is too short to have a direction, and so no gradient.</summary>
    readonly float[]? _slopes;

    readonly Tensor _values;
    readonly Tensor? _gradient;

    /// <summary>Takes float32 rows on the CPU.</summary>
    /// <param name="rows">Rows (N, D).</param>
    /// <param name="unit">Whether they are scaled to length 1.</param>
    /// <param name="learns">Whether the gradient by them is made.</param>
    public TileRows(Tensor rows, bool unit, bool learns)
    {
        (Count, Features) = (rows.shape[0], rows.shape[1]);
        Blocks = (Count + Side - 1) / Side;
        Width = (int)((Features + Side - 1) / Side * Side);
        _slopes = unit ? new float[Count] : null;
        _values = GradientPool.Empty([Blocks * Side, Width]);
        _gradient = learns ? GradientPool.Empty(_values.shape) : null;
        Data = (float*)NativeTensor.Data(_values);
        Gradient = _gradient is null ? null : (float*)NativeTensor.Data(_gradient);
        using var contiguous = rows.detach().contiguous();
        Chunks.Sum(new Filling(this, (nint)NativeTensor.Data(contiguous)), Blocks * Side, Width);
        GC.KeepAlive(contiguous);
    }

    /// <summary>How many rows there are.</summary>
    public long Count { get; }

    /// <summary>Numbers in a row.</summary>
    public long Features { get; }

    /// <summary>Rows of tiles, the last one filled up.</summary>
    public long Blocks { get; }

    /// <summary>Numbers in a row with those that fill it up, and floats from row to row.</summary>
    public int Width { get; }

    /// <summary>The rows.</summary>
    public float* Data { get; }

    /// <summary>Zeros that the gradient by the rows is added to; null where none is needed.</summary>
    public float* Gradient { get; }

    /// <summary>The rows times a factor as columns: for each tile a panel (Width, Side).</summary>
    public Tensor Panels(double factor)
    {
        var panels = GradientPool.Empty([Blocks, Width, Side]);
        Chunks.Sum(new Turning(this, (nint)NativeTensor.Data(panels), (float)factor), Blocks, Side * Width);
        return panels;
    }

    /// <summary>The scalar product of all rows with what was added to their gradient.</summary>
    public double Along()
    {
        var sum = Chunks.Sum(new Measuring(this), Count, Width);
        GC.KeepAlive(_values);
        return sum;
    }

    /// <summary>The gradient by the rows that were given, times a factor.</summary>
    public Tensor Finish(double factor)
    {
        var result = GradientPool.Empty([Count, Features]);
        Chunks.Sum(new Leaving(this, (nint)NativeTensor.Data(result), (float)factor), Count, Width);
        GC.KeepAlive(_values);
        return result;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    float Dot(float* a, float* b)
    {
        var sum = Vector<float>.Zero;
        var i = 0;
        for (; i + Vector<float>.Count <= Features; i += Vector<float>.Count)
        {
            sum += Vector.Load(a + i) * Vector.Load(b + i);
        }

        var total = Vector.Sum(sum);
        for (; i < Features; i++)
        {
            total += a[i] * b[i];
        }

        return total;
    }

    /// <summary>to = a · x + b · y; y is not looked at where b is 0, for it may hold anything.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Add(float* to, float* x, float a, float* y, float b)
    {
        var i = 0;
        for (; i + Vector<float>.Count <= Features; i += Vector<float>.Count)
        {
            var sum = Vector.Load(x + i) * a;
            Vector.Store(b == 0 ? sum : sum + Vector.Load(y + i) * b, to + i);
        }

        for (; i < Features; i++)
        {
            to[i] = b == 0 ? x[i] * a : x[i] * a + y[i] * b;
        }
    }

    /// <summary>From the rows outside to those inside, and zeros to what fills them up and to their gradient.</summary>
    readonly record struct Filling(TileRows Rows, nint Outside) : IChunkJob
    {
        public double Run(long from, long to)
        {
            for (var row = from; row < to; row++)
            {
                var inside = Rows.Data + row * Rows.Width;
                var filled = 0L;
                if (row < Rows.Count)
                {
                    var outside = (float*)Outside + row * Rows.Features;
                    Rows.Add(inside, outside, Scale(outside, row), inside, 0);
                    filled = Rows.Features;
                }

                new Span<float>(inside + filled, (int)(Rows.Width - filled)).Clear();
                if (Rows.Gradient is not null)
                {
                    new Span<float>(Rows.Gradient + row * Rows.Width, Rows.Width).Clear();
                }
            }

            return 0;
        }

        float Scale(float* x, long row)
        {
            if (Rows._slopes is not { } slopes)
            {
                return 1;
            }

            var length = MathF.Sqrt(Rows.Dot(x, x));
            slopes[row] = length < (float)Vectors.Shortest ? 0 : 1 / length;
            return 1 / MathF.Max(length, (float)Vectors.Shortest);
        }
    }

    /// <summary>From rows to columns.</summary>
    readonly record struct Turning(TileRows Rows, nint Panels, float Factor) : IChunkJob
    {
        public double Run(long from, long to)
        {
            for (var block = from; block < to; block++)
            {
                var first = block * Side * Rows.Width;
                Turn(Rows.Data + first, (float*)Panels + first);
            }

            return 0;
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        void Turn(float* rows, float* panel)
        {
            for (var column = 0; column < Rows.Width; column++, panel += Side)
            {
                for (var row = 0; row < Side; row++)
                {
                    panel[row] = rows[row * Rows.Width + column] * Factor;
                }
            }
        }
    }

    /// <summary>Scalar products of rows and their gradients.</summary>
    readonly record struct Measuring(TileRows Rows) : IChunkJob
    {
        public double Run(long from, long to)
        {
            var sum = 0.0;
            for (var row = from; row < to; row++)
            {
                sum += Rows.Dot(Rows.Data + row * Rows.Width, Rows.Gradient + row * Rows.Width);
            }

            return sum;
        }
    }

    /// <summary>From the gradient inside to the one outside.</summary>
    readonly record struct Leaving(TileRows Rows, nint Outside, float Factor) : IChunkJob
    {
        public double Run(long from, long to)
        {
            for (var row = from; row < to; row++)
            {
                var u = Rows.Data + row * Rows.Width;
                var g = Rows.Gradient + row * Rows.Width;
                var slope = Factor * (Rows._slopes?[row] ?? 1);
                var along = Rows._slopes is null ? 0 : -Rows.Dot(g, u) * slope;
                Rows.Add((float*)Outside + row * Rows.Features, g, slope, u, along);
            }

            return 0;
        }
    }
}
