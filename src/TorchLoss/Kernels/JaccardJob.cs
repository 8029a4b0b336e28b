using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TorchLoss;

/// <summary>What the error of a position is.</summary>
enum JaccardError
{
    /// <summary>|t − p| of a probability.</summary>
    Distance,

    /// <summary>max(0, 1 ∓ s) of a score.</summary>
    Hinge,
}

/// <summary>Scores by image and class, what they are held against, and what is one list.</summary>
/// <param name="Images">Number of images.</param>
/// <param name="Classes">Number of classes.</param>
/// <param name="Positions">Positions in an image.</param>
/// <param name="PerImage">Each image is a list by itself; else all images are one.</param>
/// <param name="Ignored">Label of positions that do not count, or null.</param>
/// <param name="Error">What the error of a position is.</param>
readonly record struct JaccardLists(
    long Images,
    long Classes,
    long Positions,
    bool PerImage,
    long? Ignored,
    JaccardError Error
)
{
    /// <summary>Groups of images whose positions are sorted together.</summary>
    public long Groups => PerImage ? Images : 1;

    /// <summary>All classes in order.</summary>
    public long[] AllClasses => [.. Enumerable.Range(0, (int)Classes)];

    /// <summary>Images in a group.</summary>
    public long GroupImages => PerImage ? 1 : Images;
}

/// <summary>Lovász extension of the Jaccard loss of lists of positions, each sorted by its errors, and its gradient.</summary>
/// <remarks>
/// A position is one number: in the upper half the bits of its error, inverted so that the largest comes first (positive floats
/// are in the order of their bits), in the lower half where it lies and whether it belongs to the class. Positions without
/// error cost nothing and are left out.
/// </remarks>
[StructLayout(LayoutKind.Auto)]
readonly unsafe struct JaccardJob : IChunkJob
{
    /// <summary>A place must fit 30 bits.</summary>
    public const long MostPlaces = 1 << 30;

    const int Own = 1;
    const int Negative = 2;

    readonly JaccardLists lists;
    readonly float* scores;
    readonly long* labels;
    readonly long[] classOf;
    readonly long[] ownCount;
    readonly double[] scales;
    readonly double[] losses;
    readonly float* gradient;

    /// <summary>What to compute, and into what.</summary>
    /// <param name="lists">Sizes and rules.</param>
    /// <param name="scores">Scores (N, K, P), contiguous float32.</param>
    /// <param name="labels">Labels (N, P), contiguous int64.</param>
    /// <param name="classOf">For each list of a group, the class it is about; the groups follow each other.</param>
    /// <param name="ownCount">How many positions each list's class has.</param>
    /// <param name="scales">A factor of each list's gradient; 0 for a list that does not count.</param>
    /// <param name="losses">Receives the loss of each list.</param>
    /// <param name="gradient">Receives the gradient, zeroed before; or null.</param>
    public JaccardJob(
        JaccardLists lists,
        Tensor scores,
        Tensor labels,
        long[] classOf,
        long[] ownCount,
        double[] scales,
        double[] losses,
        Tensor? gradient
    )
    {
        this.lists = lists;
        this.scores = (float*)NativeTensor.Data(scores);
        this.labels = (long*)NativeTensor.Data(labels);
        this.classOf = classOf;
        this.ownCount = ownCount;
        this.scales = scales;
        this.losses = losses;
        this.gradient = gradient is null ? null : (float*)NativeTensor.Data(gradient);
    }

    /// <summary>All lists: each on one thread, a long one that is alone on two.</summary>
    public void RunAll()
    {
        if (losses.Length == 1 && Size >= JaccardHalves.From && scales[0] != 0)
        {
            losses[0] = JaccardHalves.Run(this);
        }
        else
        {
            Chunks.Sum(this, losses.Length, Size);
        }
    }

    /// <summary>Intersection and union before the first position of the first list.</summary>
    public (long Intersection, long Union) Start => (ownCount[0], ownCount[0]);

    /// <summary>Positions of a list.</summary>
    public long Size => lists.GroupImages * lists.Positions;

    /// <inheritdoc/>
    public double Run(long from, long to)
    {
        using var memory = GradientPool.Empty([2, Size + 1, 2]); // two floats are as large as a number
        var numbers = (ulong*)NativeTensor.Data(memory);
        for (var list = from; list < to; list++)
        {
            if (scales[list] != 0)
            {
                var count = Collect(list, numbers, 1, 1, 0, uint.MaxValue);
                var sorted = JaccardSort.Run(numbers, numbers + Size + 1, count);
                losses[list] = Walk(list, sorted, count, ownCount[list], ownCount[list]);
            }
        }

        return 0;
    }

    /// <summary>The positions of a list that err, as numbers one behind the other; returns how many.</summary>
    /// <param name="list">Which list.</param>
    /// <param name="numbers">Where the first goes; one more is overwritten.</param>
    /// <param name="step">1, or −1 from the last position down, so that they stand in order all the same.</param>
    /// <param name="hop">1, or how far it is from a position to the next that is looked at.</param>
    /// <param name="least">The least key, the upper half of a number, that is wanted.</param>
    /// <param name="beyond">The first that is not.</param>
    public long Collect(long list, ulong* numbers, int step, long hop, uint least, uint beyond)
    {
        var images = lists.GroupImages;
        var first = list / classOf.Length * images;
        var count = 0L;
        for (var n = 0L; n < images; n++)
        {
            var image = first + (step > 0 ? n : images - 1 - n);
            var own = classOf[list % classOf.Length];
            count += CollectImage(image, own, numbers + count * step, step, hop, least, beyond);
        }

        return count;
    }

    /// <remarks>Labels come in no order: a branch on them is guessed wrong half of the time, so there is none.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    long CollectImage(long image, long own, ulong* numbers, int step, long hop, uint least, uint beyond)
    {
        var first = (image * lists.Classes + (lists.Classes == 1 ? 0 : own)) * lists.Positions;
        var ignored = lists.Ignored ?? long.MinValue;
        var hinge = lists.Error is JaccardError.Hinge ? 1 : 0;
        var (count, i) = (0L, step > 0 ? 0 : lists.Positions - 1);
        for (var n = 0L; n < lists.Positions; n += hop, i += step * hop)
        {
            var label = labels[image * lists.Positions + i];
            var isOwn = label == own ? 1 : 0;
            var error = (isOwn | hinge) + (1 - 2 * isOwn) * scores[first + i];
            var (zero, negative) = (error == 0 ? 1 : 0, error < 0 ? 1 : 0);
            var flags = isOwn * Own | negative * Negative;
            var key = 0x7fffffff - (BitConverter.SingleToUInt32Bits(error) & 0x7fffffff);
            var elsewhere = key - least >= beyond - least ? 1 : 0;
            numbers[count * step] = (ulong)key << 32 | ((ulong)(first + i) << 2 | (uint)flags);
            count += 1 - ((label == ignored ? 1 : 0) | zero | negative & hinge | elsewhere);
        }

        return count;
    }

    /// <summary>How many of some positions belong to the class.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static long CountOwn(ulong* numbers, long count)
    {
        var own = 0L;
        for (var i = 0L; i < count; i++)
        {
            own += (long)numbers[i] & Own;
        }

        return own;
    }

    /// <summary>The errors times the growth of the Jaccard loss, the largest first.</summary>
    /// <remarks>
    /// Growth in closed form: 1/U where the class is missed, I/(U(U − 1)) where it is wrongly found, with I and U the intersection
    /// and union left. A union of 1 reached from nothing, the first mistake on an absent class, is the whole loss.
    /// </remarks>
    /// <param name="list">Which list.</param>
    /// <param name="sorted">Its positions, or some of them.</param>
    /// <param name="count">How many.</param>
    /// <param name="intersection">The intersection that is left before the first.</param>
    /// <param name="union">The union before the first.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public double Walk(long list, ulong* sorted, long count, long intersection, long union)
    {
        var loss = 0.0;
        var scale = (float)scales[list];
        for (var i = 0L; i < count; i++)
        {
            var (low, high) = ((uint)sorted[i], (uint)(sorted[i] >> 32));
            long isOwn = low & Own;
            union += 1 - isOwn;

            // I, or 1 where the class is missed; U − 1, or 1: without a branch, which would be guessed wrong half of the time
            var single = isOwn | (union == 1 ? 1L : 0L);
            var growth = (single + (1 - single) * intersection) / (union * (double)(union - 1 + single * (2 - union)));
            intersection -= isOwn;
            loss += BitConverter.UInt32BitsToSingle(0x7fffffff - high) * growth;
            if (gradient != null)
            {
                var sign = (low ^ low >> 1) << 31;
                var slope = BitConverter.SingleToUInt32Bits((float)growth * scale) ^ sign;
                gradient[low >> 2] = BitConverter.UInt32BitsToSingle(slope);
            }
        }

        return loss;
    }
}
