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
        var memory = stackalloc float[BoxKernel.Rows(axes) * BoxKernel.Block + Alignment / sizeof(float)];
        var block = (float*)(((nint)memory + Alignment - 1) & -Alignment);
        var sum = 0.0;
        for (var i = from; i < to; i += BoxKernel.Block)
        {
            sum += RunBlock<V>(block, i, (int)Math.Min(BoxKernel.Block, to - i));
        }

        return sum;
    }

    double RunBlock<V>(float* block, long first, int count)
        where V : struct, ISimd<V>
    {
        var width = 2 * axes;
        Columns.Split(input + first * width, width, count, block, BoxKernel.Block);
        Columns.Split(target + first * width, width, count, block + width * BoxKernel.Block, BoxKernel.Block);
        CheckTargets(block + width * BoxKernel.Block, count);
        var padded = (count + V.Count - 1) / V.Count * V.Count;
        for (var row = 0; row < 2 * width && padded > count; row++)
        {
            new Span<float>(block + row * BoxKernel.Block + count, padded - count).Clear();
        }

        if (gradient == null && targetGradient == null)
        {
            BoxKernel.Values<V, F>(formula, axes, block, padded);
        }

        Differentiate<V>(block, first, count, padded, 0, gradient);
        Differentiate<V>(block, first, count, padded, width, targetGradient);
        var results = new Span<float>(block + 4 * width * BoxKernel.Block, count);
        if (losses != null)
        {
            results.CopyTo(new Span<float>(losses + first, count));
        }

        return SoftmaxKernel.Sum<V>(block + 4 * width * BoxKernel.Block, count);
    }

    void Differentiate<V>(float* block, long first, int count, int padded, int coordinate, float* gradient)
        where V : struct, ISimd<V>
    {
        if (gradient == null)
        {
            return;
        }

        var width = 2 * axes;
        for (var k = coordinate; k < coordinate + width; k++)
        {
            BoxKernel.Slopes<V, F>(formula, axes, block, padded, k);
        }

        var slopes = block + (2 * width + coordinate) * BoxKernel.Block;
        Columns.Join(slopes, BoxKernel.Block, gradient + first * width, width, count, scale);
    }

    void CheckTargets(float* rows, int count)
    {
        for (var k = 0; k < axes; k++)
        {
            var high = rows + (k + axes) * BoxKernel.Block;
            if (BoxKernel.AnyLess(high, rows + k * BoxKernel.Block, count))
            {
                *inverted = true;
            }
        }
    }
}
