using TorchLoss.Tests.Losses;

namespace TorchLoss.Tests.Kernels;

/// <summary>Losses over pairs of a batch: blocks of any size and the kernel at every width equal the whole matrix in float64.</summary>
[Collection(ProcessWide.Name)]
public class ScoreBlocksTests
{
    const long Size = 75;
    const long Width = 6;

    /// <summary>None of the first ones divides the batch; the last is the whole.</summary>
    static readonly long[] BlockSizes = [1, 7, 32, Size];

    static readonly Tensor Few = arange(Size).remainder(4).DetachFromDisposeScope();

    /// <summary>Every class has two members, but for two with three and one with a single one.</summary>
    static readonly Tensor Twos = cat([arange(Size - 1).remainder((Size - 1) / 2 - 1), tensor([999L])])
        .DetachFromDisposeScope();

    /// <summary>The loss of some embeddings, further ones, a temperature and a block size.</summary>
    static readonly Dictionary<string, Func<Tensor[], double, long, Tensor>> Losses = new(StringComparer.Ordinal)
    {
        ["NTXent, large classes"] = (x, t, b) => nn.functional.nt_xent_loss(x[0], Few, t, block_size: b),
        ["NTXent, pairs"] = (x, t, b) => nn.functional.nt_xent_loss(x[0], Twos, t, block_size: b),
        ["NTXent, others"] = (x, t, b) =>
            nn.functional.nt_xent_loss(x[0], Twos, t, block_size: b, ref_emb: x[2], ref_labels: arange(40)),
        ["NTXent, sum of products"] = (x, t, b) =>
            nn.functional.nt_xent_loss(
                x[0],
                Few,
                t,
                new DotProductSimilarity(normalize_embeddings: false),
                new SumReducer(),
                block_size: b
            ),
        ["NTXent, by anchor"] = (x, t, b) =>
            nn.functional.nt_xent_loss(x[0], Few, t, reducer: new PerAnchorReducer(), block_size: b),
        ["NTXent, distances"] = (x, t, b) => nn.functional.nt_xent_loss(x[0], Few, t, new LpDistance(), block_size: b),
        ["NTXent, greater than 0"] = (x, t, b) =>
            nn.functional.nt_xent_loss(x[0], Few, t, reducer: new AvgNonZeroReducer(), block_size: b),
        ["SupCon, large classes"] = (x, t, b) => nn.functional.supcon_loss(x[0], Few, t, block_size: b),
        ["SupCon, pairs"] = (x, t, b) => nn.functional.supcon_loss(x[0], Twos, t, block_size: b),
        ["SupCon, mean"] = (x, t, b) =>
            nn.functional.supcon_loss(x[0], Twos, t, reducer: new MeanReducer(), block_size: b),
        ["InfoNCE"] = (x, t, b) => nn.functional.info_nce_loss(x[0], x[1], t, block_size: b),
        ["InfoNCE, keys"] = (x, t, b) =>
            nn.functional.info_nce_loss(x[0], x[1], t, Reduction.Sum, block_size: b, negative_keys: x[2]),
        ["SimCLR"] = (x, t, b) => nn.functional.simclr_loss(x[0], x[1], t, block_size: b),
        ["MoCo"] = (x, t, b) => nn.functional.moco_loss(x[0], x[1], x[2].t(), t, block_size: b),
        ["CLIP"] = (x, t, b) => nn.functional.clip_loss(x[0], x[1], x[3], logit_bias: x[4], block_size: b) / t,
        ["SigLIP"] = (x, t, b) => nn.functional.siglip_loss(x[0], x[1], x[3], logit_bias: x[4], chunk_size: b) / t,
        ["SigLIP, no bias"] = (x, t, b) => nn.functional.siglip_loss(x[0], x[1], x[3], chunk_size: b) / t,
        ["Ranking"] = (x, t, b) =>
            nn.functional.multiple_negatives_ranking_loss(x[0], x[1], 1 / t, block_size: b, negatives: x[2]),
        ["Ranking, products"] = (x, t, b) =>
            nn.functional.multiple_negatives_ranking_loss(
                x[0],
                x[1],
                1 / t,
                EmbeddingSimilarity.DotScore,
                block_size: b
            ),
        ["Views"] = (x, t, b) =>
            nn.functional.supcon_multi_view_loss(x[0].view(15, 5, Width), temperature: t, block_size: b),
        ["Views, labels"] = (x, t, b) =>
            nn.functional.supcon_multi_view_loss(
                x[0].view(15, 5, Width),
                labels: Few[..15],
                temperature: t,
                block_size: b
            ),
        ["Views, first ones"] = (x, t, b) =>
            nn.functional.supcon_multi_view_loss(
                x[0].view(15, 5, Width),
                labels: Few[..15],
                temperature: t,
                contrast_mode: ContrastMode.One,
                block_size: b
            ),
        ["Views, weighted"] = (x, t, b) =>
            nn.functional.supcon_multi_view_loss(
                x[0].view(15, 5, Width),
                mask: arange(225).remainder(3).view(15, 15).to(x[0].dtype),
                temperature: t,
                block_size: b
            ),
    };

    public static TheoryData<string> Names => [.. Losses.Keys];

    /// <summary>Their mean is over the losses greater than 0, and float32 rounds losses below 1e-45 to 0.</summary>
    static readonly string[] CountNonZero = ["NTXent, greater than 0", "SupCon, large classes", "SupCon, pairs"];

    static Tensor[] Run(string name, ScalarType dtype, double temperature, long block_size)
    {
        manual_seed(8);
        Tensor Leaf(Tensor values) => values.to(dtype).detach().requires_grad_();
        var inputs = new[] { Normal(Size, Width), Normal(Size, Width), Normal(40, Width), tensor(3.0), tensor(-2.0) }
            .Select(Leaf)
            .ToArray();
        var loss = Losses[name](inputs, temperature, block_size);
        (loss * 3).backward();
        return [loss.detach(), .. inputs.Select(input => input.grad ?? zeros_like(input.detach()))];
    }

    static Tensor Normal(long rows, long columns) => randn([rows, columns], dtype: ScalarType.Float64);

    [Theory]
    [MemberData(nameof(Names))]
    public void Blocks_equal_the_whole(string name)
    {
        using var scope = NewDisposeScope();
        var whole = Run(name, ScalarType.Float64, 0.2, 0);
        foreach (var size in BlockSizes)
        {
            foreach (var (want, got) in whole.Zip(Run(name, ScalarType.Float64, 0.2, size)))
            {
                TensorAssert.Close(want, got, 1e-12, $"blocks of {size}");
            }
        }
    }

    /// <summary>At the lower temperature exponentials of single scores over- and underflow, and so would their sums.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void The_kernel_equals_float64(string name)
    {
        using var scope = NewDisposeScope();
        foreach (var temperature in CountNonZero.Contains(name) ? [0.2] : new[] { 0.2, 0.005 })
        {
            var exact = Run(name, ScalarType.Float64, temperature, 0);
            var tolerance = temperature < 0.1 ? 2e-4 : 1e-5;
            TestWidths.Each(width =>
            {
                foreach (var size in BlockSizes.Append(0))
                {
                    foreach (var (want, got) in exact.Zip(Run(name, ScalarType.Float32, temperature, size)))
                    {
                        TensorAssert.Close(
                            want,
                            got,
                            tolerance,
                            $"{width}, blocks of {size}, temperature {temperature}"
                        );
                    }
                }
            });
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_second_derivative_goes_through_blocks(string name)
    {
        using var scope = NewDisposeScope();
        Tensor Second(ScalarType dtype, long block_size)
        {
            manual_seed(9);
            var inputs = new[]
            {
                Normal(Size, Width),
                Normal(Size, Width),
                Normal(40, Width),
                tensor(3.0),
                tensor(-2.0),
            }
                .Select(values => values.to(dtype))
                .ToArray();
            inputs[0].requires_grad_();
            var loss = Losses[name](inputs, 0.3, block_size);
            autograd.backward([loss], [ones_like(loss)], retain_graph: true, create_graph: true);
            var slope = inputs[0].grad! * 1;
            inputs[0].grad = null;
            slope.square().sum().backward();
            return inputs[0].grad!;
        }

        var want = Second(ScalarType.Float64, 0);
        TensorAssert.Close(want, Second(ScalarType.Float64, 7), 1e-12, "blocks");
        TensorAssert.Close(want, Second(ScalarType.Float32, 7), 1e-4, "kernel");
    }

    /// <summary>A distance that tells how large a matrix it was asked for.</summary>
    sealed class Watched : Distance
    {
        public long Largest { get; private set; }

        public override bool IsInverted => true;

        protected override Tensor Compare(Tensor query, Tensor reference)
        {
            Largest = Math.Max(Largest, query.shape[0] * reference.shape[0]);
            return query.mm(reference.t());
        }
    }

    [Fact]
    public void No_matrix_is_larger_than_a_block()
    {
        using var scope = NewDisposeScope();
        var watched = new Watched();
        var x = randn([Size, Width], dtype: ScalarType.Float64).requires_grad_();

        nn.functional.nt_xent_loss(x, Few, distance: watched, block_size: 7).backward();
        Assert.Equal(7 * Size, watched.Largest);

        // and where nothing is asked for, a batch whose matrix would take gigabytes is cut all the same
        Assert.InRange(Blockwise.Height(0, 1 << 16, 1 << 16), 1, 1 << 10);
        Assert.Equal(0, Blockwise.Height(0, 1000, 1000));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    public void The_kernel_holds_one_strip_of_scores(long height)
    {
        using var scope = NewDisposeScope();
        const long Keys = 1 << 15;
        TileRows Rows(long count) => new(randn(count, 2), unit: false, learns: true);
        var (anchors, keys) = (Rows(300), Rows(Keys));
        var (seen, most, memory) = (0L, 0L, new HashSet<nint>());

        new ScoreStrips(anchors, keys, 1).Run(
            height,
            strip =>
            {
                memory.Add(strip.At);
                (seen, most) = (seen + strip.Anchors, Math.Max(most, strip.Anchors));
                return 0;
            }
        );

        Assert.Equal(300, seen);
        Assert.Single(memory);
        Assert.InRange(most, 1, height == 0 ? ScoreStrips.Height(Keys) : height + TileProduct.Rows - 1);
    }

    /// <summary>Losses of any number of embeddings: x, y, labels of pairs, a number that learns, a block size.</summary>
    static readonly Dictionary<string, Func<Tensor[], long, Tensor>> OfAnySize = new(StringComparer.Ordinal)
    {
        ["NTXent"] = (x, b) => nn.functional.nt_xent_loss(x[0], Labels(x[0], 2), 0.2, block_size: b),
        ["NTXent, large classes"] = (x, b) => nn.functional.nt_xent_loss(x[0], Labels(x[0], 40), 0.2, block_size: b),
        ["SupCon"] = (x, b) =>
            nn.functional.supcon_loss(x[0], Labels(x[0], 3), 0.2, reducer: new MeanReducer(), block_size: b),
        ["SupCon, large classes"] = (x, b) =>
            nn.functional.supcon_loss(x[0], Labels(x[0], 40), 0.2, reducer: new MeanReducer(), block_size: b),
        ["SimCLR"] = (x, b) => nn.functional.simclr_loss(x[0], x[1], 0.2, block_size: b),
        ["InfoNCE"] = (x, b) => nn.functional.info_nce_loss(x[0], x[1], 0.2, block_size: b),
        ["CLIP"] = (x, b) => nn.functional.clip_loss(x[0], x[1], x[2], block_size: b),
        ["SigLIP"] = (x, b) => nn.functional.siglip_loss(x[0], x[1], x[2], logit_bias: x[3], chunk_size: b),
    };

    public static TheoryData<string> NamesOfAnySize => [.. OfAnySize.Keys];

    static Tensor Labels(Tensor rows, long members) =>
        arange(rows.shape[0]).remainder(Math.Max(1, rows.shape[0] / members));

    /// <summary>The loss and the gradients by those inputs that learn.</summary>
    static Tensor[] Run(string name, ScalarType dtype, Tensor[] values, long block_size, params bool[] learns)
    {
        var inputs = values
            .Select((v, i) => v.to(dtype).detach().requires_grad_(learns.ElementAtOrDefault(i)))
            .ToArray();
        var loss = OfAnySize[name](inputs, block_size);
        if (loss.requires_grad)
        {
            loss.backward();
        }

        return [loss.detach(), .. inputs.Where(input => input.requires_grad).Select(i => i.grad ?? zeros_like(i))];
    }

    /// <summary>A batch whose rows have scores of any size where their lengths are not the same.</summary>
    static Tensor[] Batch(long count, long width, double spread = 0)
    {
        manual_seed(5);
        var lengths = (linspace(-spread, spread, count, dtype: ScalarType.Float64).unsqueeze(1)).exp();
        Tensor Rows() => Normal(count, width) / Math.Sqrt(width);
        return [Rows() * lengths, Rows() * lengths.flip(0), tensor(3.0), tensor(-2.0)];
    }

    static void Same(Tensor[] want, Tensor[] got, double tolerance, string what)
    {
        Assert.Equal(want.Length, got.Length);
        foreach (var (one, other) in want.Zip(got))
        {
            TensorAssert.Close(one, other, tolerance, what);
        }
    }

    [Theory]
    [MemberData(nameof(NamesOfAnySize))]
    public void Any_number_of_rows_fills_tiles(string name)
    {
        foreach (var count in new long[] { 1, 2, 3, 63, 64, 65, 128, 129, 200 })
        {
            using var scope = NewDisposeScope();
            var batch = Batch(count, count % 2 == 0 ? 64 : 70);
            var want = Run(name, ScalarType.Float64, batch, 0, true, true, true, true);
            foreach (var size in new long[] { 0, 1, 40, 70 })
            {
                var got = Run(name, ScalarType.Float32, batch, size, true, true, true, true);
                Same(want, got, 1e-5, $"{count} rows, blocks of {size}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(NamesOfAnySize))]
    public void What_does_not_learn_changes_no_other_gradient(string name)
    {
        using var scope = NewDisposeScope();
        var batch = Batch(150, 20);
        for (var learners = 0; learners < 16; learners++)
        {
            var learns = Enumerable.Range(0, 4).Select(i => (learners >> i & 1) == 1).ToArray();
            var want = Run(name, ScalarType.Float64, batch, 0, learns);
            Same(want, Run(name, ScalarType.Float32, batch, 0, learns), 1e-5, string.Join(' ', learns));
        }
    }

    /// <summary>Shifts of rows and columns lie up to 300 apart, and each direction has its own exponentials.</summary>
    [Fact]
    public void Rows_of_very_different_scores_keep_their_digits()
    {
        using var scope = NewDisposeScope();
        var batch = Batch(200, 20, spread: 2.5);
        var want = Run("CLIP", ScalarType.Float64, batch, 0, true, true, true);
        TestWidths.Each(width =>
        {
            foreach (var size in new long[] { 0, 1 })
            {
                Same(want, Run("CLIP", ScalarType.Float32, batch, size, true, true, true), 1e-4, $"{width}, {size}");
            }
        });
    }

    [Theory]
    [MemberData(nameof(NamesOfAnySize))]
    public void Any_number_of_threads_gives_the_same_bits(string name)
    {
        using var scope = NewDisposeScope();
        var batch = Batch(500, 20);
        var threads = get_num_threads();
        try
        {
            Tensor[] With(int some)
            {
                set_num_threads(some);
                return Run(name, ScalarType.Float32, batch, 100, true, true, true, true);
            }

            var one = With(1);
            foreach (var some in new[] { 2, 5, 2 })
            {
                Assert.All(one.Zip(With(some)), pair => Assert.True(pair.First.Equals(pair.Second)));
            }
        }
        finally
        {
            set_num_threads(threads);
        }
    }

    [Theory]
    [InlineData(1, true, 2)]
    [InlineData(9, true, 3)]
    [InlineData(10, true, 2)]
    [InlineData(9, false, 3)]
    [InlineData(10, false, 1)]
    public void Tiles_of_a_block_come_one_after_another(int blocks, bool symmetric, int threads)
    {
        var order = new TileOrder(blocks, symmetric);
        var (seen, busy) = (new List<(int Row, int Column, long Number)>(), new int[2 * blocks]);
        order.Run(
            threads,
            (row, column, number) =>
            {
                int[] taken = symmetric ? [row, column] : [row, blocks + column];
                Assert.All(taken.Distinct(), block => Assert.Equal(1, Interlocked.Increment(ref busy[block])));
                Thread.Sleep(number % 7 == 0 ? 1 : 0);
                lock (seen)
                {
                    seen.Add((row, column, number));
                }

                Assert.All(taken.Distinct(), block => Assert.Equal(0, Interlocked.Decrement(ref busy[block])));
            }
        );

        var all =
            from row in Enumerable.Range(0, blocks)
            from column in Enumerable.Range(symmetric ? row : 0, blocks - (symmetric ? row : 0))
            select (row, column);
        Assert.Equal(all, seen.Select(tile => (tile.Row, tile.Column)).Order());
        Assert.Equal(Enumerable.Range(0, (int)order.Count), seen.Select(tile => (int)tile.Number).Order());
        foreach (var block in Enumerable.Range(0, blocks))
        {
            var own = seen.Where(tile => tile.Row == block || (symmetric && tile.Column == block)).ToList();
            Assert.Equal(own.OrderBy(tile => (tile.Row, tile.Column)), own);
        }
    }

    [Fact]
    public void An_anchor_that_is_almost_certain_keeps_its_digits()
    {
        using var scope = NewDisposeScope();
        var (query, key) = (eye(70) * 2, eye(70));

        double Loss(ScalarType dtype) => nn.functional.info_nce_loss(query.to(dtype), key.to(dtype), 0.03).Value();

        Assert.Equal(1, Loss(ScalarType.Float32) / Loss(ScalarType.Float64), 4);
    }

    [Fact]
    public void NaN_comes_through()
    {
        using var scope = NewDisposeScope();
        var x = randn(Size, Width);
        x[3, 2] = float.NaN;
        x.requires_grad_();

        var loss = nn.functional.nt_xent_loss(x, Few);
        loss.backward();

        Assert.True(double.IsNaN(loss.Value()));
        Assert.True(x.grad!.isnan().any().item<bool>());
    }

    [Fact]
    public void A_vector_without_direction_gets_no_gradient()
    {
        using var scope = NewDisposeScope();
        Tensor Gradient(ScalarType dtype)
        {
            manual_seed(2);
            var x = randn([Size, Width], dtype: ScalarType.Float64).to(dtype);
            x[5] = 0;
            return Numbers.Gradient(x, v => nn.functional.nt_xent_loss(v, Few));
        }

        Assert.Equal(0, Gradient(ScalarType.Float32)[5].abs().max().Value());
        TensorAssert.Close(Gradient(ScalarType.Float64), Gradient(ScalarType.Float32), 1e-5, "gradient");
    }
}
