namespace TorchLoss.Tests.Losses;

/// <summary>Triplets of a labelled batch: all, mined and drawn ones.</summary>
public class TripletTests
{
    static readonly LpDistance Distance = new();

    static (Tensor Embeddings, Tensor Labels) Batch()
    {
        manual_seed(23);
        return (Numbers.Normal(7, 3), tensor([0L, 0, 1, 1, 1, 2, 3]));
    }

    static double Loss(double[][] d, int a, int p, int n, bool swap, bool smooth)
    {
        var violation = d[a][p] - (swap ? Math.Min(d[a][n], d[p][n]) : d[a][n]) + 0.3;
        return smooth ? Numbers.Softplus(violation) : Math.Max(0, violation);
    }

    static List<double> Loop(Tensor embeddings, Tensor labels, bool swap, bool smooth)
    {
        var (d, y) = (Distance.Matrix(embeddings).Rows(), labels.data<long>().ToArray());
        var all = Enumerable.Range(0, y.Length).ToList();
        return
        [
            .. from a in all
            from p in all
            where p != a && y[p] == y[a]
            from n in all
            where y[n] != y[a]
            select Loss(d, a, p, n, swap, smooth),
        ];
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void All_triplets_equal_a_loop_in_its_order(bool swap, bool smooth)
    {
        var (embeddings, labels) = Batch();

        var loss = nn.functional.batch_triplet_margin_loss(
            embeddings,
            labels,
            margin: 0.3,
            swap: swap,
            smooth_loss: smooth,
            reducer: new DoNothingReducer()
        );

        Assert.Equal(Loop(embeddings, labels, swap, smooth), loss.Values(), (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [Fact]
    public void Mined_pairs_make_the_triplets_that_share_an_anchor()
    {
        var (embeddings, labels) = Batch();

        var mined = nn.functional.batch_triplet_margin_loss(
            embeddings,
            labels,
            margin: 0.3,
            reducer: new SumReducer(),
            miner: new PairMarginMiner(pos_margin: -1, neg_margin: 100)
        );

        Assert.Equal(Loop(embeddings, labels, swap: false, smooth: false).Sum(), mined.Value(), 10);
    }

    [Fact]
    public void Drawn_triplets_are_triplets_and_as_many_as_asked_for()
    {
        var (embeddings, labels) = Batch();
        var all = Loop(embeddings, labels, swap: false, smooth: false);

        var drawn = nn.functional.batch_triplet_margin_loss(
            embeddings,
            labels,
            margin: 0.3,
            triplets_per_anchor: 4,
            reducer: new DoNothingReducer()
        );

        Assert.Equal(5 * 4, drawn.numel()); // two anchors have no positive
        Assert.All(drawn.Values(), value => Assert.Contains(all, a => Math.Abs(a - value) < 1e-12));
        Assert.True(drawn.Values().Distinct().Count() > 4);
    }

    [Fact]
    public void Without_a_triplet_there_is_nothing_to_draw()
    {
        var loss = nn.functional.batch_triplet_margin_loss(randn(3, 2), arange(3), triplets_per_anchor: 2);

        Assert.Equal(0, loss.Value());
    }

    [Fact]
    public void How_many_is_all_or_a_number_of_at_least_one()
    {
        Assert.Equal(TripletsPerAnchor.All, TripletsPerAnchor.FromOption("all"));
        Assert.Equal(7, TripletsPerAnchor.FromOption("7").Count);
        Assert.Throws<FormatException>(() => TripletsPerAnchor.FromOption("none"));
        Assert.Throws<FormatException>(() => TripletsPerAnchor.FromOption("0"));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TripletsPerAnchor(0));
    }
}
