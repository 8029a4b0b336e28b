using System.Buffers;

namespace TorchLoss;

/// <summary>Cross entropies of anchors: a strip of scores, in units of log 2, becomes the derivative by them.</summary>
readonly unsafe struct ContrastRows(ScoreStrip strip, Contrast contrast) : IChunkJob
{
    /// <inheritdoc/>
    public double Run(long from, long to)
    {
        for (var row = from; row < to; row++)
        {
            switch (Simd.Width)
            {
                case SimdWidth.Bits512:
                    Row<F512>(row);
                    break;
                case SimdWidth.Bits256:
                    Row<F256>(row);
                    break;
                default:
                    Row<F128>(row);
                    break;
            }
        }

        return 0;
    }

    void Row<V>(long row)
        where V : struct, ISimd<V>
    {
        var anchor = strip.From + row;
        var positives = contrast.Positives(anchor);
        var scores = strip.Row(row);
        var rented = ArrayPool<float>.Shared.Rent(ContrastKernel.Room(positives.Length));
        fixed (float* taken = rented)
        {
            Take(anchor, positives, scores, taken);
            var shift = MathF.Round(ContrastKernel.Largest<V>(scores, strip.Width));
            var sum = ContrastKernel.Exponentials<V>(scores, strip.Width, shift);
            var factor = ContrastKernel.Finish<V>(contrast, anchor, taken, shift, sum);
            ContrastKernel.Scale<V>(scores, strip.Width, factor);
            for (var k = 0; k < positives.Length; k++)
            {
                scores[positives[k]] += taken[k];
            }
        }

        ArrayPool<float>.Shared.Return(rented);
    }

    /// <summary>Keeps the scores of the positives, and takes out of the row what does not belong into its sum.</summary>
    void Take(long anchor, ReadOnlySpan<int> positives, float* scores, float* taken)
    {
        var apart = contrast.Apart(positives.Length);
        for (var k = 0; k < positives.Length; k++)
        {
            taken[k] = scores[positives[k]];
            scores[positives[k]] = apart ? float.NegativeInfinity : taken[k];
        }

        if (contrast.SkipSelf)
        {
            scores[anchor] = float.NegativeInfinity;
        }
    }
}
