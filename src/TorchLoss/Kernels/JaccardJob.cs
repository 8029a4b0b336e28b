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

    const uint Own = 1;
    const uint NoError = 0x7fffffff;

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

    /// <inheritdoc/>
    public double Run(long from, long to)
    {
        var most = lists.GroupImages * lists.Positions + 1; // one more is overwritten
        using var memory = GradientPool.Empty([2, most, 2]); // two floats are as large as a number
        var numbers = (ulong*)NativeTensor.Data(memory);
        for (var list = from; list < to; list++)
        {
            if (scales[list] != 0)
            {
                losses[list] = RunList(list, numbers, numbers + most);
            }
        }

        return 0;
    }

    double RunList(long list, ulong* numbers, ulong* buffer)
    {
        var group = list / classOf.Length;
        var own = classOf[list % classOf.Length];
        var count = 0L;
        for (var n = group * lists.GroupImages; n < (group + 1) * lists.GroupImages; n++)
        {
            count += Collect(n, own, numbers + count);
        }

        var sorted = JaccardSort.Run(numbers, buffer, count);
        return Walk(sorted, count, ownCount[list], (float)scales[list]);
    }

    /// <summary>The positions of an image that err.</summary>
    /// <remarks>
    /// Labels come in no order: a branch on them is guessed wrong half of the time, so there is none. All that the loop reads is
    /// taken out of memory before it, which the stores in it could change for all that the compiler knows.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    long Collect(long image, long own, ulong* numbers)
    {
        const uint One = 0x3f800000; // the bits of 1
        var positions = lists.Positions;
        var place = (image * lists.Classes + (lists.Classes == 1 ? 0 : own)) * positions;
        var label = labels + image * positions;
        var score = scores + place;
        var ignored = lists.Ignored ?? long.MinValue;
        var hinge = Bit(lists.Error is JaccardError.Hinge);
        var end = numbers;
        for (var i = 0L; i < positions; i++)
        {
            // 1 − s of the class; s, or 1 + s, of the others
            var isOwn = Bit(label[i] == own);
            var signed = BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(score[i]) ^ isOwn << 31);
            var error = BitConverter.UInt32BitsToSingle((isOwn | hinge) * One) + signed;
            var negative = Bit(error < 0);
            var key = NoError - (BitConverter.SingleToUInt32Bits(error) & NoError);
            *end = (ulong)key << 32 | (uint)(place + i) << 2 | negative << 1 | isOwn;
            end += 1 - (Bit(label[i] == ignored) | Bit(key == NoError) | negative & hinge);
        }

        return end - numbers;
    }

    /// <summary>1 or 0 without a branch.</summary>
    [MethodImpl(Inline)]
    static uint Bit(bool value) => Unsafe.BitCast<bool, byte>(value);

    /// <summary>The errors times the growth of the Jaccard loss, the largest first.</summary>
    /// <remarks>
    /// Growth in closed form: 1/U where the class is missed, I/(U(U − 1)) where it is wrongly found, with I and U the intersection
    /// and union left. A union of 1 reached from nothing, the first mistake on an absent class, is the whole loss.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    double Walk(ulong* sorted, long count, long total, float scale)
    {
        var loss = 0.0;
        var (intersection, union) = (total, total);
        for (var i = 0L; i < count; i++)
        {
            var (low, high) = ((uint)sorted[i], (uint)(sorted[i] >> 32));
            long isOwn = low & Own;
            union += 1 - isOwn;

            // I, or 1 where the class is missed; U − 1, or 1: without a branch, which would be guessed wrong half of the time
            var single = isOwn | (union == 1 ? 1L : 0L);
            var growth = (single + (1 - single) * intersection) / (union * (double)(union - 1 + single * (2 - union)));
            intersection -= isOwn;
            loss += BitConverter.UInt32BitsToSingle(NoError - high) * growth;
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
