using System.Runtime.InteropServices;

namespace TorchLoss;

/// <summary>One long list in two halves, the larger errors and the smaller ones, so that two threads sort and walk it.</summary>
/// <remarks>
/// Both halves share the memory of one list: one grows from the left, the other from the right. What the first half holds of the
/// class tells where the second begins to walk. How a list is cut depends on its errors alone, never on the threads.
/// </remarks>
[StructLayout(LayoutKind.Auto)]
readonly unsafe struct JaccardHalves : IChunkJob
{
    /// <summary>Positions from which on a second thread pays.</summary>
    public const long From = 1 << 15;

    const int Samples = 1024;

    readonly JaccardJob job;
    readonly Half* halves;
    readonly ulong* numbers;
    readonly uint middle;
    readonly bool walks;

    JaccardHalves(in JaccardJob job, Half* halves, ulong* numbers, uint middle, bool walks)
    {
        this.job = job;
        this.halves = halves;
        this.numbers = numbers;
        this.middle = middle;
        this.walks = walks;
    }

    /// <summary>The loss of the only list.</summary>
    public static double Run(in JaccardJob job)
    {
        using var memory = GradientPool.Empty([2, job.Size + 2, 2]);
        var halves = stackalloc Half[2];
        var numbers = (ulong*)NativeTensor.Data(memory);
        var middle = Middle(job, numbers);
        Chunks.Sum(new JaccardHalves(job, halves, numbers, middle, false), 2, job.Size);
        return Chunks.Sum(new JaccardHalves(job, halves, numbers, middle, true), 2, job.Size);
    }

    /// <summary>About as many keys are less as are not.</summary>
    static uint Middle(in JaccardJob job, ulong* numbers)
    {
        var count = (int)job.Collect(0, numbers, 1, job.Size / Samples, 0, uint.MaxValue);
        var sample = new Span<ulong>(numbers, count);
        sample.Sort();
        return count == 0 ? 0 : (uint)(sample[count / 2] >> 32);
    }

    /// <inheritdoc/>
    public double Run(long from, long to)
    {
        var sum = 0.0;
        for (var half = from; half < to; half++)
        {
            sum += walks ? Walk((int)half) : Sort((int)half);
        }

        return sum;
    }

    double Sort(int half)
    {
        var room = job.Size + 2;
        var last = numbers + room - 1;
        var count = half == 0 ? job.Collect(0, numbers, 1, 1, 0, middle) : job.Collect(0, last, -1, 1, middle, uint.MaxValue);
        var first = half == 0 ? numbers : last - count + 1;
        halves[half] = new(JaccardSort.Run(first, first + room, count), count);
        return 0;
    }

    double Walk(int half)
    {
        var (intersection, union) = job.Start;
        if (half == 1)
        {
            var own = JaccardJob.CountOwn(halves[0].Sorted, halves[0].Count);
            intersection -= own;
            union += halves[0].Count - own;
        }

        return job.Walk(0, halves[half].Sorted, halves[half].Count, intersection, union);
    }

    readonly struct Half(ulong* sorted, long count)
    {
        public readonly ulong* Sorted = sorted;

        public readonly long Count = count;
    }
}
