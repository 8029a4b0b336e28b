namespace TorchLoss;

/// <summary>Cross entropies of rows and of columns of one matrix of scores, tile by tile, and the gradients.</summary>
/// <remarks>
/// What strips do twice, once for each direction, is done once. A tile's derivative needs the sums of its whole rows and columns, so
/// tiles go by twice: for the sums, and for the gradient, <c>H_ij = e^s (f_i + g_j)</c>, <c>∂u_i += H v_j</c>, <c>∂v_j += Hᵀ u_i</c>.
/// Some scores are kept in between; the others are made again, which is cheaper than memory for them all. Where a batch is
/// held against itself the matrix is symmetric, and so is H: half of the tiles are all, and two products do for three.
/// </remarks>
/// <param name="anchors">The anchors, in rows.</param>
/// <param name="keys">The keys, in columns; may be the anchors themselves.</param>
/// <param name="scale">The factor that makes products scores in units of log 2.</param>
sealed unsafe class ScoreTiles(TileRows anchors, TileRows keys, double scale)
{
    /// <summary>Scores that are kept where nothing is asked for: 16 MB.</summary>
    const long KeptElements = 1 << 22;

    const int Side = TileRows.Side;

    readonly bool _symmetric = ReferenceEquals(anchors, keys);

    /// <summary>Makes the losses and adds to the gradients.</summary>
    /// <param name="height">How many rows' scores may be kept; 0 chooses.</param>
    /// <param name="rows">Which keys belong to an anchor.</param>
    /// <param name="columns">Which anchors belong to a key; may be the same.</param>
    public void Run(long height, Contrast rows, Contrast columns)
    {
        var ofRows = new AnchorSums(rows, anchors);
        var ofColumns = ReferenceEquals(rows, columns) ? ofRows : new AnchorSums(columns, keys);
        switch (Simd.Width)
        {
            case SimdWidth.Bits512:
                Run<F512>(height, ofRows, ofColumns, rows.SkipSelf);
                break;
            case SimdWidth.Bits256:
                Run<F256>(height, ofRows, ofColumns, rows.SkipSelf);
                break;
            default:
                Run<F128>(height, ofRows, ofColumns, rows.SkipSelf);
                break;
        }
    }

    void Run<V>(long height, AnchorSums rows, AnchorSums columns, bool skipSelf)
        where V : struct, ISimd<V>
    {
        var order = new TileOrder((int)anchors.Blocks, _symmetric);
        var threads = anchors.Blocks > 1 ? get_num_threads() : 1;
        var elements = height > 0 ? height * keys.Count : KeptElements;
        var kept = Math.Min(order.Count, elements / (Side * Side));
        using var panels = keys.Panels(scale);
        using var store = GradientPool.Empty([kept, Side, Side]);
        var (across, memory) = ((nint)NativeTensor.Data(panels), (nint)NativeTensor.Data(store));
        var learns = anchors.Gradient is not null || keys.Gradient is not null;

        order.Run(
            threads,
            (i, j, number) =>
            {
                var scratch = stackalloc float[Side * Side + 16];
                var tile = number < kept ? (float*)memory + number * Side * Side : Aligned(scratch);
                Score<V>(tile, (float*)across, i, j);
                rows.Visit(AnchorSums.Step.Take, tile, i, j, Side, 1);
                columns.Visit(AnchorSums.Step.Take, tile, j, i, 1, Side);
                Close(tile, i, j, rows, columns, skipSelf);
                var both = !_symmetric || i != j;
                TileKernel.Sum<V>(
                    tile,
                    rows.Shifts(i),
                    rows.Sums(i),
                    both ? columns.Shifts(j) : null,
                    both ? columns.Sums(j) : null
                );
            }
        );
        rows.Finish();
        if (!ReferenceEquals(rows, columns))
        {
            columns.Finish();
        }

        if (!learns)
        {
            return;
        }

        order.Run(
            threads,
            (i, j, number) =>
            {
                var scratch = stackalloc float[Side * Side + 16];
                var tile = number < kept ? (float*)memory + number * Side * Side : Aligned(scratch);
                if (number >= kept)
                {
                    Score<V>(tile, (float*)across, i, j);
                    Close(tile, i, j, rows, columns, skipSelf);
                }

                TileKernel.Weigh<V>(tile, rows.Shifts(i), rows.Sums(i), columns.Shifts(j), columns.Sums(j));
                rows.Visit(AnchorSums.Step.Add, tile, i, j, Side, 1);
                columns.Visit(AnchorSums.Step.Add, tile, j, i, 1, Side);
                AddGradients<V>(tile, i, j);
            }
        );
    }

    static float* Aligned(float* memory) => (float*)(((nint)memory + 63) & ~63);

    void Score<V>(float* tile, float* across, int i, int j)
        where V : struct, ISimd<V>
    {
        var (width, depth) = (anchors.Width, (int)anchors.Features);
        var panel = Row(across, j);
        TileProduct.Multiply<V>(
            Row(anchors.Data, i),
            width,
            1,
            panel,
            Side,
            0,
            tile,
            Side,
            Side,
            Side,
            depth,
            add: false
        );
        if (_symmetric && i == j)
        {
            Mirror(tile);
        }
    }

    /// <summary>
    /// Both places of a pair get one score: rounded apart, a large one would overflow where it is shifted by the other.
    /// </summary>
    static void Mirror(float* tile)
    {
        for (var row = 1; row < Side; row++)
        {
            for (var column = 0; column < row; column++)
            {
                tile[row * Side + column] = tile[column * Side + row];
            }
        }
    }

    /// <summary>Takes out of a tile what belongs into no sum.</summary>
    void Close(float* tile, int i, int j, AnchorSums rows, AnchorSums columns, bool skipSelf)
    {
        rows.Visit(AnchorSums.Step.Close, tile, i, j, Side, 1);
        columns.Visit(AnchorSums.Step.Close, tile, j, i, 1, Side);
        var (height, width) = (Math.Min(Side, rows.Count - i * Side), Math.Min(Side, columns.Count - j * Side));
        for (var row = 0; row < Side; row++)
        {
            var own = new Span<float>(tile + row * Side, Side);
            own[(int)(row < height ? width : 0)..].Fill(float.NegativeInfinity);
            if (skipSelf && i == j)
            {
                own[row] = float.NegativeInfinity;
            }
        }
    }

    void AddGradients<V>(float* tile, int i, int j)
        where V : struct, ISimd<V>
    {
        var width = anchors.Width;
        if (anchors.Gradient is not null)
        {
            var to = Row(anchors.Gradient, i);
            TileProduct.Multiply<V>(
                tile,
                Side,
                1,
                Row(keys.Data, j),
                width,
                Side,
                to,
                width,
                Side,
                width,
                Side,
                add: true
            );
        }

        if (keys.Gradient is not null && !(_symmetric && i == j))
        {
            var to = Row(keys.Gradient, j);
            TileProduct.Multiply<V>(
                tile,
                1,
                Side,
                Row(anchors.Data, i),
                width,
                Side,
                to,
                width,
                Side,
                width,
                Side,
                add: true
            );
        }
    }

    float* Row(float* rows, int block) => rows + (long)block * Side * anchors.Width;
}
