using System.Buffers;
using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>A softmax loss whose positions share vectors: images (N, C, *), and (N, C) with so few classes that a row fills no vector.</summary>
/// <remarks>
/// Blocks of positions are copied into a buffer that stays in the caches (the strides of images are powers of two, which would
/// crowd every class into the same cache lines; rows are transposed), turned into gradients there, and copied out.
/// </remarks>
readonly unsafe struct SoftmaxImageJob<F> : IChunkJob
    where F : struct, ISoftmaxFormula<F>
{
    /// <summary>Positions in a block: a kilobyte of each class at a time, enough for the processor to fetch ahead.</summary>
    public const int Width = 256;

    /// <summary>Floats from one class to the next: were it a power of two, all classes would share a few cache lines.</summary>
    const int Pitch = Width + 16;

    /// <summary>Classes up to which rows are faster side by side than one after another.</summary>
    public const long MostClassesOfRows = 48;

    const MethodImplOptions Loop = MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining;

    readonly F formula;
    readonly ScalarType dtype;
    readonly int classes;
    readonly long images;
    readonly long positions;
    readonly bool areRows;
    readonly void* logits;
    readonly RowWeights weights;
    readonly float* losses;
    readonly float* gradients;
    readonly double scale;

    /// <summary>What to compute, and into what; as in <see cref="SoftmaxJob{F}"/>.</summary>
    public SoftmaxImageJob(F formula, Tensor input, RowWeights weights, Tensor? losses, Tensor? gradient, double scale)
    {
        this.formula = formula;
        this.weights = weights;
        this.scale = scale;
        dtype = input.dtype;
        classes = (int)input.size(1);
        areRows = input.dim() == 2;
        images = areRows ? 1 : input.size(0);
        positions = input.numel() / images / classes;
        logits = NativeTensor.Data(input);
        this.losses = losses is null ? null : (float*)NativeTensor.Data(losses);
        gradients = gradient is null ? null : (float*)NativeTensor.Data(gradient);
    }

    /// <summary>Blocks of positions.</summary>
    public long Blocks => images * BlocksPerImage;

    long BlocksPerImage => (positions + Width - 1) / Width;

    /// <inheritdoc/>
    public double Run(long from, long to) =>
        Simd.Width switch
        {
            SimdWidth.Bits512 => Run<F512>(from, to),
            SimdWidth.Bits256 => Run<F256>(from, to),
            _ => Run<F128>(from, to),
        };

    double Run<V>(long from, long to)
        where V : struct, ISimd<V>
    {
        var memory = ArrayPool<float>.Shared.Rent((2 * classes + 4) * Pitch);
        var sum = 0.0;
        fixed (float* buffer = memory)
        {
            for (var block = from; block < to; block++)
            {
                var image = block / BlocksPerImage;
                sum += RunBlock<V>(image, (block - image * BlocksPerImage) * Width, buffer);
            }
        }

        ArrayPool<float>.Shared.Return(memory);
        return sum;
    }

    [MethodImpl(Loop)]
    double RunBlock<V>(long image, long position, float* buffer)
        where V : struct, ISimd<V>
    {
        var count = (int)Math.Min(Width, positions - position);
        var first = areRows ? position * classes : image * classes * positions + position;
        var lanes = new Lanes(buffer + classes * Pitch);
        Read(first, buffer, count);
        Prepare(image * positions + position, buffer, lanes, count);
        var sum = 0.0;
        for (var i = 0; i < count; i += V.Count)
        {
            Column<V>(buffer + i, lanes.From(i));
            sum += V.Sum(V.Load(lanes.Loss + i));
        }

        Write(image * positions + position, first, buffer, lanes, count);
        return sum;
    }

    /// <summary>What the columns of a block know and tell, one number a position.</summary>
    readonly struct Lanes(float* memory)
    {
        public float* Own => memory;
        public float* Weight => memory + Width;
        public float* Counts => memory + 2 * Width;
        public float* Loss => memory + 3 * Width;

        public Lanes From(int i) => new(memory + i);
    }

    void Read(long first, float* buffer, int count)
    {
        if (areRows)
        {
            var rows = buffer + (classes + 4) * Pitch;
            ToColumns(
                HalfBlocks.Is(dtype) ? Load(first, rows, count * classes) : (float*)logits + first,
                buffer,
                count
            );
            return;
        }

        for (var c = 0; c < classes; c++)
        {
            Load(first + c * positions, buffer + c * Pitch, count);
        }
    }

    float* Load(long source, float* destination, int count)
    {
        if (HalfBlocks.Is(dtype))
        {
            HalfBlocks.Load(dtype, (ushort*)logits + source, destination, count);
        }
        else
        {
            new Span<float>((float*)logits + source, count).CopyTo(new Span<float>(destination, count));
        }

        return destination;
    }

    [MethodImpl(Loop)]
    void ToColumns(float* rows, float* columns, int count)
    {
        for (var i = 0; i < count; i++, rows += classes)
        {
            for (var c = 0; c < classes; c++)
            {
                columns[c * Pitch + i] = rows[c];
            }
        }
    }

    [MethodImpl(Loop)]
    void ToRows(float* columns, float* rows, int count)
    {
        for (var i = 0; i < count; i++, rows += classes)
        {
            for (var c = 0; c < classes; c++)
            {
                rows[c] = columns[c * Pitch + i];
            }
        }
    }

    [MethodImpl(Loop)]
    void Prepare(long row, float* buffer, Lanes lanes, int count)
    {
        new Span<float>(lanes.Own, 4 * Width).Clear();
        for (var i = 0; i < count; i++)
        {
            if (weights.Counts(row + i))
            {
                lanes.Own[i] = buffer[weights.Targets[row + i] * Pitch + i];
                lanes.Weight[i] = (float)weights.Of(row + i);
                lanes.Counts[i] = 1;
            }
        }
    }

    /// <summary>The losses of a few positions, and their gradients in the logits' place; see <see cref="SoftmaxJob{F}"/>.</summary>
    [MethodImpl(Loop)]
    void Column<V>(float* column, Lanes lanes)
        where V : struct, ISimd<V>
    {
        var largest = Largest<V>(column, classes);
        V mean = 0.0;
        if (F.UsesMean)
        {
            mean = SumOf<V>(column, classes) / classes - largest;
        }

        var sum = Exponentials<V>(column, classes, largest);
        var logSum = V.Log(sum);
        var own = V.Load(lanes.Own) - largest - logSum;
        var counts = V.Greater(V.Load(lanes.Counts), 0.0);
        var weight = V.Load(lanes.Weight);
        var loss = ByOwn(own, mean - logSum);
        V.Store(lanes.Loss, V.Select(counts, loss.Value * weight, 0.0));
        if (gradients != null)
        {
            var factor = weight * scale;
            var a = loss.Slope * factor;
            V b = 0.0;
            if (F.UsesMean)
            {
                b = ByMean(own, mean - logSum) * factor;
            }

            // the target's own share is added when the block is written: it is one element a column
            V.Store(lanes.Weight, a);
            Gradients(column, classes, -(a + b) / sum, b / classes, counts);
        }
    }

    [MethodImpl(Loop)]
    Dual<V> ByOwn<V>(V own, V mean)
        where V : struct, ISimd<V> => F.Value(formula, new Dual<V>(own, 1.0), new Dual<V>(mean, 0.0));

    [MethodImpl(Loop)]
    V ByMean<V>(V own, V mean)
        where V : struct, ISimd<V> => F.Value(formula, new Dual<V>(own, 0.0), new Dual<V>(mean, 1.0)).Slope;

    [MethodImpl(Loop)]
    void Write(long row, long first, float* buffer, Lanes lanes, int count)
    {
        if (losses != null)
        {
            new Span<float>(lanes.Loss, count).CopyTo(new Span<float>(losses + row, count));
        }

        if (gradients == null)
        {
            return;
        }

        for (var i = 0; i < count; i++)
        {
            if (weights.Counts(row + i))
            {
                buffer[weights.Targets[row + i] * Pitch + i] += lanes.Weight[i];
            }
        }

        if (areRows)
        {
            ToRows(buffer, gradients + first, count);
            return;
        }

        for (var c = 0; c < classes; c++)
        {
            var destination = new Span<float>(gradients + first + c * positions, count);
            new Span<float>(buffer + c * Pitch, count).CopyTo(destination);
        }
    }

    [MethodImpl(Loop)]
    static V Largest<V>(float* column, int classes)
        where V : struct, ISimd<V>
    {
        V largest = double.NegativeInfinity;
        for (var c = 0; c < classes; c++)
        {
            largest = V.FastMax(largest, V.Load(column + c * Pitch));
        }

        return largest;
    }

    [MethodImpl(Loop)]
    static V SumOf<V>(float* column, int classes)
        where V : struct, ISimd<V>
    {
        V sum = 0.0;
        for (var c = 0; c < classes; c++)
        {
            sum += V.Load(column + c * Pitch);
        }

        return sum;
    }

    [MethodImpl(Loop)]
    static V Exponentials<V>(float* column, int classes, V shift)
        where V : struct, ISimd<V>
    {
        V sum = 0.0;
        for (var c = 0; c < classes; c++)
        {
            var e = V.Exp(V.Load(column + c * Pitch) - shift);
            V.Store(column + c * Pitch, e);
            sum += e;
        }

        return sum;
    }

    [MethodImpl(Loop)]
    static void Gradients<V>(float* column, int classes, V factor, V summand, V counts)
        where V : struct, ISimd<V>
    {
        for (var c = 0; c < classes; c++)
        {
            var gradient = V.MultiplyAdd(V.Load(column + c * Pitch), factor, summand);
            V.Store(column + c * Pitch, V.Select(counts, gradient, 0.0));
        }
    }
}
