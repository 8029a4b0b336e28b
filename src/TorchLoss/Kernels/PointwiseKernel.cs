using System.Runtime.InteropServices;

namespace TorchLoss;

/// <summary>Runs the compiled loops of a formula over a stretch of elements.</summary>
static unsafe class PointwiseKernel
{
    /// <summary>Elements after which the float sums of a block go into a double.</summary>
    const long Block = 4096;

    /// <summary>Lanes of the widest vectors.</summary>
    const int Widest = 16;

    /// <summary>The sum of the losses; what else is computed stands in the range.</summary>
    public static double Run(PointwiseLoop loop, in PointwiseRange range)
    {
        var lanes = (int)Simd.Width / 32;
        var whole = range.Count / lanes * lanes;
        var sum = 0.0;
        for (long from = 0; from < whole; from += Block)
        {
            sum += RunBlock(loop, range.Slice(from, Math.Min(Block, whole - from)), lanes);
        }

        return whole == range.Count ? sum : sum + RunTail(loop, range.Slice(whole, range.Count - whole), lanes);
    }

    /// <summary>Runs whole vectors and adds up the first lanes of their sums.</summary>
    static double RunBlock(PointwiseLoop loop, in PointwiseRange range, int lanes)
    {
        var sums = stackalloc float[Widest];
        loop(range.Input, range.Target, range.Weight, range.Losses, range.Gradient, range.Count, range.Scale, sums);
        var sum = 0.0;
        for (var i = 0; i < lanes; i++)
        {
            sum += sums[i];
        }

        return sum;
    }

    /// <summary>Fewer elements than a vector holds: computed in copies on the stack, as if more followed.</summary>
    static double RunTail(PointwiseLoop loop, in PointwiseRange range, int lanes)
    {
        const int Alignment = 64;
        var memory = stackalloc float[5 * Widest + Alignment / sizeof(float)];
        memory = (float*)(((nint)memory + Alignment - 1) / Alignment * Alignment);
        var padded = new PointwiseRange(memory, memory + Widest, lanes)
        {
            Weight = memory + 2 * Widest,
            Losses = memory + 3 * Widest,
            Gradient = memory + 4 * Widest,
            Scale = range.Scale,
        };
        Copy(range.Input, padded.Input, range.Count);
        Copy(range.Target, padded.Target, range.Count);
        Copy(range.Weight, padded.Weight, range.Count);
        var sum = RunBlock(loop, padded, (int)range.Count);
        Copy(padded.Losses, range.Losses, range.Count);
        Copy(padded.Gradient, range.Gradient, range.Count);
        return sum;
    }

    static void Copy(float* source, float* destination, long count)
    {
        if (source != null && destination != null)
        {
            new Span<float>(source, (int)count).CopyTo(new Span<float>(destination, (int)count));
        }
    }
}

/// <summary>Where a stretch of elements is read from and written to.</summary>
/// <param name="input">Predictions.</param>
/// <param name="target">Targets.</param>
/// <param name="count">How many.</param>
[StructLayout(LayoutKind.Auto)]
unsafe struct PointwiseRange(float* input, float* target, long count)
{
    /// <summary>Predictions.</summary>
    public float* Input = input;

    /// <summary>Targets.</summary>
    public float* Target = target;

    /// <summary>How many elements.</summary>
    public long Count = count;

    /// <summary>Weights, or null for none.</summary>
    public float* Weight;

    /// <summary>Where the loss of each element goes, or null for their sum alone.</summary>
    public float* Losses;

    /// <summary>Where the gradient goes, or null for none.</summary>
    public float* Gradient;

    /// <summary>A factor of the gradient: 1 / count for the mean.</summary>
    public float Scale = 1;

    /// <summary>A part of the range.</summary>
    public readonly PointwiseRange Slice(long from, long count) =>
        this with
        {
            Input = Input + from,
            Target = Target + from,
            Count = count,
            Weight = Weight == null ? null : Weight + from,
            Losses = Losses == null ? null : Losses + from,
            Gradient = Gradient == null ? null : Gradient + from,
        };
}
