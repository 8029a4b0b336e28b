using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TorchLoss;

/// <summary>Cross entropies of anchors: a block of scores becomes the derivative by them, up to a factor for each anchor.</summary>
/// <remarks>
/// One anchor is one lane of a vector, and a strip of lanes goes down the keys. The exponential of a negative's score is the
/// derivative by it but for the anchor's factor, so it is written once and not touched again; the positives are few, and theirs
/// are divided by that factor.
/// </remarks>
[StructLayout(LayoutKind.Auto)]
readonly unsafe struct ContrastJob(ScoreBlock block, Contrast contrast) : IChunkJob
{
    readonly float* scores = (float*)NativeTensor.Data(block.Scores);
    readonly float* factors = (float*)NativeTensor.Data(block.Factors);
    readonly long keys = block.Scores.shape[0];
    readonly long stride = block.Scores.stride(0);
    readonly int anchors = (int)block.Anchors;
    readonly long from = block.From;

    /// <summary>How many strips, the items of the work.</summary>
    public long Strips => (anchors + Lanes - 1) / Lanes;

    /// <summary>Anchors in a strip.</summary>
    public static int Lanes => (int)Simd.Width / 32 * ContrastKernel.Vectors;

    /// <inheritdoc/>
    public double Run(long from, long to)
    {
        for (var strip = from; strip < to; strip++)
        {
            switch (Simd.Width)
            {
                case SimdWidth.Bits512:
                    Strip<F512>((int)strip * Lanes);
                    break;
                case SimdWidth.Bits256:
                    Strip<F256>((int)strip * Lanes);
                    break;
                default:
                    Strip<F128>((int)strip * Lanes);
                    break;
            }
        }

        return 0;
    }

    void Strip<V>(int first)
        where V : struct, ISimd<V>
    {
        var end = Math.Min(anchors, first + Lanes);
        var room = 0;
        for (var lane = first; lane < end; lane++)
        {
            room += Room<V>(contrast.Positives(from + lane).Length);
        }

        var shifts = stackalloc float[ContrastKernel.MostLanes];
        var sums = stackalloc double[ContrastKernel.MostLanes];
        var rented = ArrayPool<float>.Shared.Rent(room + 1);
        fixed (float* own = rented)
        {
            Take<V>(first, end, own);
            ContrastKernel.Largest<V>(scores + first, keys, stride, shifts);
            ContrastKernel.Exponentials<V>(scores + first, keys, stride, shifts, sums);
            var taken = own;
            for (var lane = first; lane < end; lane++)
            {
                Finish<V>(lane, taken, shifts[lane - first], sums[lane - first]);
                taken += Room<V>(contrast.Positives(from + lane).Length);
            }
        }

        ArrayPool<float>.Shared.Return(rented);
    }

    /// <summary>Floats for the scores of so many positives, or for one that is no key: whole vectors.</summary>
    static int Room<V>(int positives)
        where V : struct, ISimd<V> => (Math.Max(1, positives) + V.Count - 1) / V.Count * V.Count;

    /// <summary>Keeps the scores of the positives, and takes out of the block what does not belong into an anchor's sum.</summary>
    void Take<V>(int first, int end, float* taken)
        where V : struct, ISimd<V>
    {
        for (var lane = first; lane < end; lane++)
        {
            var positives = contrast.Positives(from + lane);
            var apart = contrast.Apart(positives.Length);
            for (var k = 0; k < positives.Length; k++)
            {
                var at = scores + positives[k] * stride + lane;
                taken[k] = *at;
                *at = apart ? float.NegativeInfinity : *at;
            }

            if (contrast.SkipSelf)
            {
                scores[(from + lane) * stride + lane] = float.NegativeInfinity;
            }

            taken += Room<V>(positives.Length);
        }
    }

    /// <summary>Makes the loss of an anchor, its factor and the derivatives by its positives.</summary>
    void Finish<V>(int lane, float* taken, double shift, double sum)
        where V : struct, ISimd<V>
    {
        var anchor = from + lane;
        var positives = contrast.Positives(anchor);
        if (!contrast.Apart(positives.Length))
        {
            factors[lane] = Together(anchor, positives, lane, taken, shift, sum);
            return;
        }

        var count = positives.Length;
        if (contrast.Own is { } own)
        {
            taken[0] = own[anchor];
            count = 1;
        }

        var (loss, active, pull) = ContrastKernel.Pairs<V>(taken, count, Room<V>(count), shift + Math.Log(sum));
        contrast.Losses[anchor] = loss;
        contrast.Active[anchor] = active;

        // without a negative nothing pulls; a pull below the smallest number has no derivative either
        factors[lane] = sum == 0 ? 0 : (float)(pull / sum);
        if (contrast.OfOwn is { } ofOwn)
        {
            ofOwn[anchor] = -taken[0];
            return;
        }

        var share = pull == 0 ? 0 : -sum / pull;
        for (var k = 0; k < count; k++)
        {
            scores[positives[k] * stride + lane] = (float)(taken[k] * share);
        }
    }

    /// <summary>Positives that stand in the denominator themselves: −1/|P| Σ log p.</summary>
    float Together(long anchor, ReadOnlySpan<int> positives, int lane, float* taken, double shift, double sum)
    {
        var (total, mean, share) = (shift + Math.Log(sum), 0.0, (float)(sum / positives.Length));
        for (var k = 0; k < positives.Length; k++)
        {
            mean += taken[k];
            scores[positives[k] * stride + lane] -= share;
        }

        var loss = total - mean / positives.Length;
        contrast.Losses[anchor] = loss;
        contrast.Active[anchor] = loss > 0 ? 1 : 0;
        return (float)(1 / sum);
    }
}
