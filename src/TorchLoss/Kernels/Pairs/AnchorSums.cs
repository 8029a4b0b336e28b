namespace TorchLoss;

/// <summary>What anchors know of their scores while these go by in tiles: sums of exponentials, and the scores of their positives.</summary>
/// <remarks>Scores are in units of log 2.</remarks>
sealed unsafe class AnchorSums
{
    /// <summary>So many positives of an anchor are looked for in each tile; where there are more, strips are faster.</summary>
    public const int MostPositives = 16;

    const int Side = TileRows.Side;

    /// <summary>What an anchor's loss costs, in elements of an ordinary formula.</summary>
    const int Work = 128;

    readonly Contrast _contrast;
    readonly int _most;

    // pinned, for the loops to read them where they are
    readonly int[] _positives;
    readonly float[] _taken;
    readonly float[] _shifts;
    readonly float[] _sums;

    /// <summary>Nothing is summed up yet.</summary>
    public AnchorSums(Contrast contrast, TileRows anchors)
    {
        (_contrast, _most, Count) = (contrast, contrast.Most, anchors.Count);
        var rows = (int)(anchors.Blocks * Side);
        _positives = GC.AllocateArray<int>(rows * _most, pinned: true);
        _taken = GC.AllocateArray<float>(rows * _most, pinned: true);
        _shifts = GC.AllocateArray<float>(rows, pinned: true);
        _sums = GC.AllocateArray<float>(rows, pinned: true);
        Array.Fill(_positives, -1);
        Array.Fill(_shifts, (float)ContrastKernel.Lowest);
        for (var anchor = 0; anchor < Count; anchor++)
        {
            contrast.Positives(anchor).CopyTo(_positives.AsSpan(anchor * _most));
        }
    }

    /// <summary>What is done with an anchor's positives in a tile.</summary>
    public enum Step
    {
        /// <summary>Their scores are kept.</summary>
        Take,

        /// <summary>They are taken out of the sums, where positives are held against negatives alone.</summary>
        Close,

        /// <summary>What is to be added to the derivative by them is added.</summary>
        Add,
    }

    /// <summary>How many anchors there are.</summary>
    public long Count { get; }

    /// <summary>Which whole numbers the scores of a block of anchors are shifted by.</summary>
    public float* Shifts(int block) => Pointer(_shifts) + (long)block * Side;

    /// <summary>The sums of their exponentials, and after <see cref="Finish"/> the factors of these in the derivative.</summary>
    public float* Sums(int block) => Pointer(_sums) + (long)block * Side;

    /// <summary>Goes through the positives of a block of anchors that lie in a tile.</summary>
    /// <param name="step">What is done with them.</param>
    /// <param name="tile">The tile.</param>
    /// <param name="anchors">The block of its anchors.</param>
    /// <param name="keys">The block of its keys.</param>
    /// <param name="anchorStep">Floats from anchor to anchor.</param>
    /// <param name="keyStep">Floats from key to key.</param>
    public void Visit(Step step, float* tile, int anchors, int keys, int anchorStep, int keyStep)
    {
        var first = (long)anchors * Side * _most;
        var positives = Pointer(_positives) + first;
        var taken = Pointer(_taken) + first;
        for (var k = 0; k < Side * _most; k++)
        {
            var place = positives[k] - keys * Side;
            if ((uint)place < Side)
            {
                Visit(step, tile + k / _most * anchorStep + place * keyStep, taken + k, anchors, k / _most);
            }
        }
    }

    void Visit(Step step, float* score, float* taken, int block, int lane)
    {
        switch (step)
        {
            case Step.Take:
                *taken = *score;
                break;
            case Step.Close when _contrast.Apart(_contrast.Positives(block * Side + lane).Length):
                *score = float.NegativeInfinity;
                break;
            case Step.Add:
                *score += *taken;
                break;
        }
    }

    /// <summary>Makes the losses of all anchors, when all scores have gone by.</summary>
    public void Finish() => Chunks.Sum(new Finishing(this), Count, Work);

    readonly record struct Finishing(AnchorSums Sums) : IChunkJob
    {
        public double Run(long from, long to)
        {
            switch (Simd.Width)
            {
                case SimdWidth.Bits512:
                    Sums.Finish<F512>((int)from, (int)to);
                    break;
                case SimdWidth.Bits256:
                    Sums.Finish<F256>((int)from, (int)to);
                    break;
                default:
                    Sums.Finish<F128>((int)from, (int)to);
                    break;
            }

            return 0;
        }
    }

    void Finish<V>(int from, int to)
        where V : struct, ISimd<V>
    {
        var room = ContrastKernel.Room(_most);
        var scores = stackalloc float[room];
        var all = new Span<float>(scores, room);
        for (var anchor = from; anchor < to; anchor++)
        {
            var taken = _taken.AsSpan(anchor * _most, _most);
            taken.CopyTo(all);
            _sums[anchor] = ContrastKernel.Finish<V>(_contrast, anchor, scores, _shifts[anchor], _sums[anchor]);
            all[.._most].CopyTo(taken);
        }
    }

    static T* Pointer<T>(T[] pinned)
        where T : unmanaged => (T*)System.Runtime.InteropServices.Marshal.UnsafeAddrOfPinnedArrayElement(pinned, 0);
}
