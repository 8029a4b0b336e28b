using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TorchLoss;

/// <summary>A row-wise softmax loss over a whole (N, C) tensor, in chunks of rows.</summary>
readonly unsafe struct SoftmaxJob<F> : IChunkJob
    where F : struct, ISoftmaxFormula<F>
{
    readonly F formula;
    readonly ScalarType dtype;
    readonly int classes;
    readonly void* logits;
    readonly long* targets;
    readonly RowWeights weights;
    readonly float* losses;
    readonly float* gradients;
    readonly double scale;

    /// <summary>What to compute, and into what.</summary>
    /// <param name="formula">The loss of a row.</param>
    /// <param name="input">Logits, (N, C) and contiguous.</param>
    /// <param name="weights">What each row counts.</param>
    /// <param name="losses">Receives the loss of each row, or null for the sum alone.</param>
    /// <param name="gradient">Receives the gradient, or null for none.</param>
    /// <param name="scale">A factor of the gradient: one over the divisor of the mean.</param>
    public SoftmaxJob(F formula, Tensor input, RowWeights weights, Tensor? losses, Tensor? gradient, double scale)
    {
        this.formula = formula;
        this.weights = weights;
        this.scale = scale;
        dtype = input.dtype;
        classes = (int)input.size(1);
        logits = NativeTensor.Data(input);
        targets = weights.Targets;
        this.losses = losses is null ? null : (float*)NativeTensor.Data(losses);
        gradients = gradient is null ? null : (float*)NativeTensor.Data(gradient);
    }

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
        var converted = HalfBlocks.Is(dtype) ? ArrayPool<float>.Shared.Rent(classes) : [];
        var sum = 0.0;
        fixed (float* buffer = converted)
        {
            for (var row = from; row < to; row++)
            {
                sum += RunRow<V>(row, buffer);
            }
        }

        if (converted.Length > 0)
        {
            ArrayPool<float>.Shared.Return(converted);
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    double RunRow<V>(long row, float* buffer)
        where V : struct, ISimd<V>
    {
        var gradient = gradients == null ? null : gradients + row * classes;
        var loss = 0.0;
        if (weights.Counts(row))
        {
            loss = weights.Of(row) * Counted<V>(row, Logits(row, buffer), gradient);
        }
        else if (gradient != null)
        {
            new Span<float>(gradient, classes).Clear();
        }

        if (losses != null)
        {
            losses[row] = (float)loss;
        }

        return loss;
    }

    float* Logits(long row, float* buffer)
    {
        if (!HalfBlocks.Is(dtype))
        {
            return (float*)logits + row * classes;
        }

        HalfBlocks.Load(dtype, (ushort*)logits + row * classes, buffer, classes);
        return buffer;
    }

    /// <summary>The loss of a row. Its gradient by logit j is a (1[j = own] − p_j) + b (1/C − p_j), a and b the formula's derivatives.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    double Counted<V>(long row, float* x, float* gradient)
        where V : struct, ISimd<V>
    {
        var own = targets[row];
        var largest = SoftmaxKernel.Largest<V>(x, classes);
        var sum = SoftmaxKernel.SumOfExponentials<V>(x, gradient, classes, largest);
        var logSum = largest + Math.Log(sum);
        var logOwn = x[own] - logSum;
        var meanLog = F.UsesMean ? SoftmaxKernel.Sum<V>(x, classes) / classes - logSum : 0;
        if (gradient == null)
        {
            return F.Value(formula, new Real(logOwn), new Real(meanLog)).Value;
        }

        var loss = F.Value(formula, new Dual<Real>(logOwn, 1), new Dual<Real>(meanLog, 0));
        var factor = scale * weights.Of(row);
        var a = loss.Slope.Value * factor;
        var b = F.UsesMean ? SlopeByMean(logOwn, meanLog) * factor : 0;
        SoftmaxKernel.MultiplyAdd<V>(gradient, classes, (float)(-(a + b) / sum), (float)(b / classes));
        gradient[own] += (float)a;
        return loss.Value.Value;
    }

    double SlopeByMean(double logOwn, double meanLog) =>
        F.Value(formula, new Dual<Real>(logOwn, 0), new Dual<Real>(meanLog, 1)).Slope.Value;
}

/// <summary>What each row of a softmax loss counts.</summary>
/// <param name="targets">The class of each row.</param>
/// <param name="ignoreIndex">The class of rows that do not count.</param>
/// <param name="ofClass">Weight of each class, or null.</param>
/// <param name="ofSample">Weight of each row, or null.</param>
[StructLayout(LayoutKind.Auto)]
readonly unsafe struct RowWeights(long* targets, long ignoreIndex, double* ofClass, double* ofSample)
{
    /// <summary>The class of each row.</summary>
    public long* Targets => targets;

    /// <summary>Whether a row counts at all.</summary>
    [MethodImpl(Inline)]
    public bool Counts(long row) => targets[row] != ignoreIndex;

    /// <summary>The weight of a row that counts.</summary>
    [MethodImpl(Inline)]
    public double Of(long row) => (ofClass == null ? 1 : ofClass[targets[row]]) * OfSample(row);

    /// <summary>What the mean divides by.</summary>
    public double Divisor(long rows, bool byClass)
    {
        if (ofSample == null && (ofClass == null || !byClass))
        {
            return rows - Ignored(rows);
        }

        var divisor = 0.0;
        for (long row = 0; row < rows; row++)
        {
            if (Counts(row))
            {
                divisor += byClass ? Of(row) : OfSample(row);
            }
        }

        return divisor;
    }

    long Ignored(long rows)
    {
        const int Most = 1 << 30; // what a span can hold
        var ignored = 0L;
        for (long row = 0; row < rows; row += Most)
        {
            ignored += new ReadOnlySpan<long>(targets + row, (int)Math.Min(Most, rows - row)).Count(ignoreIndex);
        }

        return ignored;
    }

    double OfSample(long row) => ofSample == null ? 1 : ofSample[row];
}
