using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TorchLoss;

/// <summary>Rows as the products of tiles read them: filled up with zeros to whole tiles, of length 1 if wanted, and their gradient.</summary>
/// <remarks>
/// The way back from units is <c>∂x = (∂u − (∂u · u) u) / |x|</c>. In torch operators it makes a dozen tensors of the size of the batch,
/// whose fresh memory takes longer than all that is computed here.
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
    public TileRows(Tensor rows, bool unit)
    {
        (Count, Features) = (rows.shape[0], rows.shape[1]);
        Blocks = (Count + Side - 1) / Side;
        Width = (int)((Features + Side - 1) / Side * Side);
        _slopes = unit ? new float[Count] : null;
        _values = Filled(Count != Blocks * Side || Features != Width);
        _gradient = Fusion.NeedsGradient(rows) ? Filled(zeros: true) : null;
        Data = (float*)NativeTensor.Data(_values);
        Gradient = _gradient is null ? null : (float*)NativeTensor.Data(_gradient);
        using var contiguous = rows.detach().contiguous();
        var from = (float*)NativeTensor.Data(contiguous);
        Chunks.Sum(new Job(this, from, Forward: true, 1), Count, Width);
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
        using var across = _values.view(Blocks, Side, Width).transpose(1, 2);
        return panels.copy_(across).mul_(factor);
    }

    /// <summary>The gradient by the rows that were given, times a factor; null where none is needed.</summary>
    public Tensor? Finish(double factor)
    {
        if (_gradient is null)
        {
            return null;
        }

        var result = GradientPool.Empty([Count, Features]);
        Chunks.Sum(new Job(this, (float*)NativeTensor.Data(result), Forward: false, (float)factor), Count, Width);
        GC.KeepAlive(_values);
        return result;
    }

    Tensor Filled(bool zeros)
    {
        var memory = GradientPool.Empty([Blocks * Side, Width]);
        return zeros ? memory.zero_() : memory;
    }

    /// <summary>From the rows outside to those inside, or from the gradient inside to the one outside.</summary>
    [StructLayout(LayoutKind.Auto)]
    readonly record struct Job(TileRows Rows, nint Outside, bool Forward, float Factor) : IChunkJob
    {
        public Job(TileRows rows, float* outside, bool Forward, float factor)
            : this(rows, (nint)outside, Forward, factor) { }

        public double Run(long from, long to)
        {
            for (var row = from; row < to; row++)
            {
                var x = (float*)Outside + row * Rows.Features;
                var u = Rows.Data + row * Rows.Width;
                if (Forward)
                {
                    Add(u, x, Scale(x, row), u, 0);
                }
                else
                {
                    var g = Rows.Gradient + row * Rows.Width;
                    var slope = Factor * (Rows._slopes?[row] ?? 1);
                    Add(x, g, slope, u, Rows._slopes is null ? 0 : -Dot(g, u) * slope);
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

            var length = MathF.Sqrt(Dot(x, x));
            slopes[row] = length < (float)Vectors.Shortest ? 0 : 1 / length;
            return 1 / MathF.Max(length, (float)Vectors.Shortest);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        float Dot(float* a, float* b)
        {
            var sum = Vector<float>.Zero;
            var i = 0;
            for (; i + Vector<float>.Count <= Rows.Features; i += Vector<float>.Count)
            {
                sum += Vector.Load(a + i) * Vector.Load(b + i);
            }

            var total = Vector.Sum(sum);
            for (; i < Rows.Features; i++)
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
            for (; i + Vector<float>.Count <= Rows.Features; i += Vector<float>.Count)
            {
                var sum = Vector.Load(x + i) * a;
                Vector.Store(b == 0 ? sum : sum + Vector.Load(y + i) * b, to + i);
            }

            for (; i < Rows.Features; i++)
            {
                to[i] = b == 0 ? x[i] * a : x[i] * a + y[i] * b;
            }
        }
    }
}
