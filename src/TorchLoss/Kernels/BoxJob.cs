using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TorchLoss;

/// <summary>A loss of boxes over whole lists, block by block.</summary>
[StructLayout(LayoutKind.Auto)]
readonly unsafe struct BoxJob<F> : IChunkJob
    where F : struct, IBoxFormula<F>
{
    readonly F formula;
    readonly int axes;
    readonly float* input;
    readonly float* target;
    readonly float* losses;
    readonly float* gradient;
    readonly float* targetGradient;
    readonly float scale;
    readonly bool* inverted;

    /// <summary>What to compute, and into what.</summary>
    /// <param name="formula">The loss of a pair.</param>
    /// <param name="input">Predicted boxes (N, 2D), contiguous float32; so the others.</param>
    /// <param name="target">Wanted boxes (N, 2D).</param>
    /// <param name="losses">Receives the loss of each pair, (N), or null for their sum alone.</param>
    /// <param name="gradients">Receive the gradients by input and target, or null.</param>
    /// <param name="scale">A factor of the gradients.</param>
    /// <param name="inverted">Becomes true where a wanted box is inside out.</param>
    public BoxJob(
        F formula,
        Tensor input,
        Tensor target,
        Tensor? losses,
        Tensor?[] gradients,
        float scale,
        bool* inverted
    )
    {
        this.formula = formula;
        axes = (int)input.size(-1) / 2;
        this.input = (float*)NativeTensor.Data(input);
        this.target = (float*)NativeTensor.Data(target);
        this.losses = losses is null ? null : (float*)NativeTensor.Data(losses);
        gradient = gradients[0] is { } g ? (float*)NativeTensor.Data(g) : null;
        targetGradient = gradients[1] is { } t ? (float*)NativeTensor.Data(t) : null;
        this.scale = scale;
        this.inverted = inverted;
    }

    /// <inheritdoc/>
    public double Run(long from, long to) =>
        Simd.Width switch
        {
            SimdWidth.Bits512 => Run<F512>(from, to),
            SimdWidth.Bits256 => Run<F256>(from, to),
            _ => Run<F128>(from, to),
        };

    [SkipLocalsInit]
    double Run<V>(long from, long to)
        where V : struct, ISimd<V>
    {
        const int Alignment = 64;
        var memory = stackalloc float[BoxBlock.Rows(axes) * BoxBlock.Size + Alignment / sizeof(float)];
        var block = new BoxBlock((float*)(((nint)memory + Alignment - 1) & -Alignment), axes);
        var sum = 0.0;
        for (var i = from; i < to; i += BoxBlock.Size)
        {
            sum += RunBlock<V>(block, i, (int)Math.Min(BoxBlock.Size, to - i));
        }

        return sum;
    }

    double RunBlock<V>(BoxBlock block, long first, int count)
        where V : struct, ISimd<V>
    {
        var width = 2 * axes;
        Columns.Split(input + first * width, width, count, block.Coordinate(0), BoxBlock.Size);
        Columns.Split(target + first * width, width, count, block.Coordinate(width), BoxBlock.Size);
        CheckTargets(block, count);
        var padded = (count + V.Count - 1) / V.Count * V.Count;
        for (var k = 0; k < 2 * width && padded > count; k++)
        {
            new Span<float>(block.Coordinate(k) + count, padded - count).Clear();
        }

        BoxKernel.Forward<V, F>(formula, block, padded);
        if (losses != null)
        {
            new Span<float>(block.Losses, count).CopyTo(new Span<float>(losses + first, count));
        }

        if (gradient != null || targetGradient != null)
        {
            BoxKernel.Backward<V, F>(formula, block, padded);
            Store(block.Gradient(0), gradient, first, count);
            Store(block.Gradient(width), targetGradient, first, count);
        }

        return SoftmaxKernel.Sum<V>(block.Losses, count);
    }

    void Store(float* rows, float* gradient, long first, int count)
    {
        if (gradient != null)
        {
            Columns.Join(rows, BoxBlock.Size, gradient + first * 2 * axes, 2 * axes, count, scale);
        }
    }

    void CheckTargets(BoxBlock block, int count)
    {
        for (var k = 2 * axes; k < 3 * axes; k++)
        {
            if (BoxKernel.AnyLess(block.Coordinate(k + axes), block.Coordinate(k), count))
            {
                *inverted = true;
            }
        }
    }
}
