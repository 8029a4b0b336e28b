namespace TorchLoss;

/// <summary>The tiles of a square matrix for several threads that add to the same rows and columns, always with the same bits.</summary>
/// <remarks>
/// A tile waits for its neighbours to the left and above, and for no others. So what is added up for a block of rows or of columns is
/// added in one order, however many threads there are; they go through a few rows of tiles side by side, each a step behind the
/// one above, so that what they read is in their caches.
/// </remarks>
/// <param name="blocks">Blocks of rows, and of columns.</param>
/// <param name="symmetric">Whether (i, j) stands for (j, i) too: tiles from the diagonal to the right.</param>
sealed class TileOrder(int blocks, bool symmetric)
{
    /// <summary>Numbers between counters, so that no two lie in one line of the caches.</summary>
    const int Apart = 16;

    /// <summary>Rows of tiles for each thread, so that one that is late makes no others wait.</summary>
    const int RowsAThread = 2;

    /// <summary>What is done to a tile.</summary>
    /// <param name="row">Its block of rows.</param>
    /// <param name="column">Its block of columns.</param>
    /// <param name="number">Its number, below <see cref="Count"/>.</param>
    public delegate void Work(int row, int column, long number);

    /// <summary>How many tiles there are.</summary>
    public long Count => symmetric ? (long)blocks * (blocks + 1) / 2 : (long)blocks * blocks;

    /// <summary>Goes through all tiles.</summary>
    public void Run(int threads, Work work)
    {
        var height = RowsAThread * threads;
        var steps = (blocks + height - 1) / height * (long)(blocks + height - 1);
        var done = new int[blocks * Apart];
        for (var row = 0; row < blocks; row++)
        {
            done[row * Apart] = First(row);
        }

        long next = -1;
        void Worker(int thread)
        {
            for (long place; (place = Interlocked.Increment(ref next)) < steps * height; )
            {
                var (step, lane) = Math.DivRem(place, height);
                var (group, along) = Math.DivRem(step, blocks + height - 1);
                var (row, column) = ((int)(group * height + lane), (int)(along - lane));
                if (row < blocks && column >= First(row) && column < blocks)
                {
                    Await(ref done[row * Apart], column);
                    Await(ref done[Math.Max(0, row - 1) * Apart], row == 0 ? 0 : column + 1);
                    try
                    {
                        work(row, column, Number(row, column));
                    }
                    finally
                    {
                        // also where the work failed: others would wait for ever
                        Volatile.Write(ref done[row * Apart], column + 1);
                    }
                }
            }
        }

        if (threads == 1)
        {
            Worker(0);
        }
        else
        {
            Parallel.For(0, threads, Worker);
        }
    }

    int First(int row) => symmetric ? row : 0;

    long Number(long row, long column) =>
        symmetric ? row * blocks - row * (row + 1) / 2 + column : row * blocks + column;

    /// <summary>Who has to be waited for is at work, or was: tiles are taken after those that they wait for.</summary>
    static void Await(ref int done, int columns)
    {
        var spin = default(SpinWait);
        while (Volatile.Read(ref done) < columns)
        {
            spin.SpinOnce(sleep1Threshold: -1);
        }
    }
}
