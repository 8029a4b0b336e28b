namespace TorchLoss;

/// <summary>The tiles of a square matrix, in an order in which several threads add to the same rows and columns with the same bits.</summary>
/// <remarks>
/// In each round every block of rows, and every block of columns, has one tile. A tile waits for those of the rounds before in its
/// own two blocks, and for no others. So what is added up by block is added in one order, however many threads there are.
/// </remarks>
/// <param name="blocks">Blocks of rows, and of columns.</param>
/// <param name="symmetric">Whether (i, j) stands for (j, i) too: tiles from the diagonal upwards.</param>
sealed class TileRounds(int blocks, bool symmetric)
{
    // where blocks meet each other, an odd number of them makes even rounds: i + j is the same modulo it, and one is alone
    readonly int _size = symmetric ? blocks | 1 : blocks;

    int ARound => symmetric ? (_size + 1) / 2 : _size;

    /// <summary>What is done to a tile.</summary>
    /// <param name="row">Its block of rows.</param>
    /// <param name="column">Its block of columns.</param>
    /// <param name="number">Its number, below <see cref="Count"/>.</param>
    public delegate void Work(int row, int column, long number);

    /// <summary>Numbers of tiles; some of them are of none.</summary>
    public long Count => (long)_size * ARound;

    /// <summary>Goes through all tiles.</summary>
    public void Run(int threads, Work work)
    {
        var rows = new int[_size];
        var columns = symmetric ? rows : new int[_size];
        long next = -1;
        void Worker(int thread)
        {
            for (long number; (number = Interlocked.Increment(ref next)) < Count; )
            {
                var (round, i, j) = Place(number);
                Await(ref rows[i], round);
                Await(ref columns[j], round);
                if (Math.Max(i, j) < blocks)
                {
                    work(i, j, number);
                }

                Volatile.Write(ref rows[i], round + 1);
                Volatile.Write(ref columns[j], round + 1);
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

    (int Round, int Row, int Column) Place(long number)
    {
        var (round, k) = ((int)(number / ARound), (int)(number % ARound));
        var (i, j) = symmetric ? ((round + k) % _size, (round - k + _size) % _size) : (k, (round + k) % _size);
        return symmetric && i > j ? (round, j, i) : (round, i, j);
    }

    /// <summary>Whoever has to be waited for is at work: tiles are taken in the order of rounds.</summary>
    static void Await(ref int done, int round)
    {
        var spin = default(SpinWait);
        while (Volatile.Read(ref done) < round)
        {
            spin.SpinOnce(sleep1Threshold: -1);
        }
    }
}
