using System.Runtime.InteropServices;

namespace TorchLoss;

/// <summary>The scores of some anchors with all keys: one anchor is one row.</summary>
/// <param name="At">The scores. Whoever works on them leaves the derivative by them.</param>
/// <param name="Stride">Floats from row to row.</param>
/// <param name="From">The number of the first anchor.</param>
/// <param name="Anchors">How many anchors.</param>
/// <param name="Keys">How many keys.</param>
/// <param name="Width">Floats of a row with those that fill it up to whole vectors; they must become 0.</param>
[StructLayout(LayoutKind.Auto)]
readonly unsafe record struct ScoreStrip(nint At, long Stride, long From, long Anchors, long Keys, long Width)
{
    /// <summary>The scores of an anchor, what fills them up being −∞.</summary>
    public float* Row(long row)
    {
        var scores = (float*)At + row * Stride;
        new Span<float>(scores + Keys, (int)(Width - Keys)).Fill(float.NegativeInfinity);
        return scores;
    }
}

/// <summary>Products of anchors with keys, a strip of anchors at a time, and the gradients that follow from theirs.</summary>
/// <remarks>
/// For a strip R of anchors, <c>S = u_R vᵀ</c>; its owner turns S into <c>G = ∂ℓ/∂S</c> in place; then <c>∂u_R += G v</c> and
/// <c>∂v += Gᵀ u_R</c>, each shared among threads by what it is added to.
/// </remarks>
/// <param name="anchors">The anchors.</param>
/// <param name="keys">The keys; may be the anchors themselves.</param>
/// <param name="scale">The factor of the products.</param>
sealed unsafe class ScoreStrips(TileRows anchors, TileRows keys, double scale)
{
    /// <summary>Numbers in a strip: it stays in the caches from the product that makes it to those that use it.</summary>
    const long StripElements = 1 << 20;

    /// <summary>Floats between rows, so that they do not all fall into the same few places of a cache.</summary>
    const int Gap = 16;

    const int Side = TileRows.Side;

    /// <summary>How many anchors a strip takes where nothing is asked for.</summary>
    public static long Height(long keys) => Math.Max(Side, StripElements / Math.Max(1, keys) / Side * Side);

    /// <summary>Goes through all strips; the sum of what <paramref name="work"/> gives for each.</summary>
    /// <param name="height">Anchors in a strip, rounded up to what is multiplied at a time; 0 chooses.</param>
    /// <param name="work">Turns scores into the derivative by them.</param>
    public double Run(long height, Func<ScoreStrip, double> work)
    {
        var most = height > 0 ? height : Height(keys.Count);
        var strips = (anchors.Count + most - 1) / most;
        var even = Whole((anchors.Count + strips - 1) / strips);
        var (width, stride) = (keys.Blocks * Side, keys.Blocks * Side + Gap);
        using var panels = keys.Panels(scale);
        using var buffer = GradientPool.Empty([even, stride]);
        var at = (nint)NativeTensor.Data(buffer);
        var sum = 0.0;
        for (long from = 0; from < anchors.Count; from += even)
        {
            var strip = new ScoreStrip(at, stride, from, Math.Min(even, anchors.Count - from), keys.Count, width);
            Each(strip, (float*)NativeTensor.Data(panels), Step.Scores, keys.Blocks);
            sum += work(strip);
            if (keys.Gradient is not null)
            {
                Each(strip, null, Step.OfKeys, keys.Blocks);
            }

            if (anchors.Gradient is not null)
            {
                Each(strip, null, Step.OfAnchors, (strip.Anchors + Side - 1) / Side * anchors.Width / Side);
            }
        }

        return sum;
    }

    /// <summary>Rows beyond the last anchor are zeros, and so are their scores.</summary>
    static long Whole(long rows) => (rows + TileProduct.Rows - 1) / TileProduct.Rows * TileProduct.Rows;

    void Each(ScoreStrip strip, float* panels, Step step, long items) =>
        Chunks.Sum(new Job(strip, anchors, keys, (nint)panels, step), items, Chunks.Elements);

    enum Step
    {
        Scores,
        OfKeys,
        OfAnchors,
    }

    readonly record struct Job(ScoreStrip Strip, TileRows Anchors, TileRows Keys, nint Panels, Step Step) : IChunkJob
    {
        /// <summary>Rows of a right factor whose panel stays in the first-level cache while several rows of the left one go by.</summary>
        const int Depth = 128;

        float* Scores => (float*)Strip.At;

        int Rows => (int)Whole(Strip.Anchors);

        int Width => Keys.Width;

        public double Run(long from, long to)
        {
            for (var item = from; item < to; item++)
            {
                switch (Simd.Width)
                {
                    case SimdWidth.Bits512:
                        Run<F512>(item);
                        break;
                    case SimdWidth.Bits256:
                        Run<F256>(item);
                        break;
                    default:
                        Run<F128>(item);
                        break;
                }
            }

            return 0;
        }

        void Run<V>(long item)
            where V : struct, ISimd<V>
        {
            switch (Step)
            {
                case Step.Scores:
                    Score<V>(item);
                    break;
                case Step.OfKeys:
                    OfKeys<V>(item);
                    break;
                default:
                    OfAnchors<V>(item / (Width / Side) * Side, item % (Width / Side) * Side);
                    break;
            }
        }

        /// <summary>The scores of a tile's width of keys.</summary>
        void Score<V>(long block)
            where V : struct, ISimd<V> =>
            TileProduct.Multiply<V>(
                Anchors.Data + Strip.From * Width,
                Width,
                1,
                (float*)Panels + block * Width * Side,
                Side,
                0,
                Scores + block * Side,
                Strip.Stride,
                Rows,
                Side,
                (int)Keys.Features,
                add: false
            );

        /// <summary>The gradient by a tile's width of keys.</summary>
        void OfKeys<V>(long block)
            where V : struct, ISimd<V>
        {
            for (long anchor = 0; anchor < Rows; anchor += Depth)
            {
                TileProduct.Multiply<V>(
                    Scores + anchor * Strip.Stride + block * Side,
                    1,
                    Strip.Stride,
                    Anchors.Data + (Strip.From + anchor) * Width,
                    Width,
                    Side,
                    Keys.Gradient + block * Side * Width,
                    Width,
                    Side,
                    Width,
                    (int)Math.Min(Depth, Rows - anchor),
                    add: true
                );
            }
        }

        /// <summary>Some columns of the gradient by some anchors.</summary>
        void OfAnchors<V>(long row, long column)
            where V : struct, ISimd<V>
        {
            for (long key = 0; key < Strip.Keys; key += Depth)
            {
                TileProduct.Multiply<V>(
                    Scores + row * Strip.Stride + key,
                    Strip.Stride,
                    1,
                    Keys.Data + key * Width + column,
                    Width,
                    0,
                    Anchors.Gradient + (Strip.From + row) * Width + column,
                    Width,
                    (int)Math.Min(Side, Rows - row),
                    Side,
                    (int)Math.Min(Depth, Strip.Keys - key),
                    add: true
                );
            }
        }
    }
}
