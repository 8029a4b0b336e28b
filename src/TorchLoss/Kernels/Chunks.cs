namespace TorchLoss;

/// <summary>Work on a range of elements (or rows) that returns its share of a sum.</summary>
interface IChunkJob
{
    /// <summary>Works on [from, to).</summary>
    double Run(long from, long to);
}

/// <summary>Splits work over threads so that the sum has the same bits whatever the threads do.</summary>
static class Chunks
{
    /// <summary>Elements in a chunk: the memory one thread works on then fits its second-level cache.</summary>
    public const long Elements = 16384;

    /// <summary>Below this much work waking a thread takes longer than the work itself.</summary>
    const long ParallelFrom = 32768;

    const long MostChunks = 4096;

    /// <summary>The sum of a job over a number of items.</summary>
    /// <param name="job">The job.</param>
    /// <param name="count">How many items.</param>
    /// <param name="itemSize">Elements of an item.</param>
    /// <param name="work">All the work, in elements of an ordinary formula; by default the number of elements.</param>
    public static double Sum<J>(J job, long count, long itemSize = 1, long? work = null)
        where J : struct, IChunkJob
    {
        // depends on the sizes alone, never on the number of threads: each chunk has its slot, the slots are added in order
        var chunk = Math.Max(Math.Max(1, Elements / itemSize), (count + MostChunks - 1) / MostChunks);
        if (count <= chunk)
        {
            return job.Run(0, count);
        }

        var slots = new double[(count + chunk - 1) / chunk];
        var threads = (work ?? count * itemSize) < ParallelFrom ? 1 : Math.Min(get_num_threads(), slots.Length);
        if (threads == 1)
        {
            RunAll(job, slots, chunk, count);
        }
        else
        {
            RunParallel(job, slots, chunk, count, threads);
        }

        return slots.Sum();
    }

    static void RunAll<J>(J job, double[] slots, long chunk, long count)
        where J : struct, IChunkJob
    {
        for (var i = 0; i < slots.Length; i++)
        {
            slots[i] = job.Run(i * chunk, Math.Min(count, (i + 1) * chunk));
        }
    }

    static void RunParallel<J>(J job, double[] slots, long chunk, long count, int threads)
        where J : struct, IChunkJob
    {
        var next = -1;
        void Worker(int thread)
        {
            for (int i; (i = Interlocked.Increment(ref next)) < slots.Length; )
            {
                slots[i] = job.Run(i * chunk, Math.Min(count, (i + 1) * chunk));
            }
        }

        Parallel.For(0, threads, Worker);
    }
}
