namespace TorchLoss.Tests.Parts;

/// <summary>Miners: what the golden cases cannot see.</summary>
public class MinerTests
{
    static readonly Dictionary<string, Miner> Miners = new(StringComparer.Ordinal)
    {
        ["batch hard"] = new BatchHardMiner(),
        ["multi similarity"] = new MultiSimilarityMiner(),
        ["triplet margin"] = new TripletMarginMiner(),
        ["pair margin"] = new PairMarginMiner(),
        ["easy hard"] = new BatchEasyHardMiner(),
        ["hdc"] = new HDCMiner(),
        ["angular"] = new AngularMiner(),
    };

    public static TheoryData<string> All => [.. Miners.Keys];

    [Theory, MemberData(nameof(All))]
    public void Only_the_tuples_outlive_a_call_and_they_have_no_gradient(string name)
    {
        var embeddings = randn(6, 4).requires_grad_();
        var labels = tensor([0L, 0, 1, 1, 2, 2]);
        using var scope = NewDisposeScope();

        var tuples = Miners[name].Mine(embeddings, labels);

        Assert.Equal(tuples.AreTriplets ? 3 : 4, scope.DisposablesCount);
        Assert.Equal(ScalarType.Int64, tuples.Positives.dtype);
        tuples.Dispose();
        Assert.Equal(0, scope.DisposablesCount);
    }

    [Theory, MemberData(nameof(All))]
    public void Nothing_to_mine_is_no_error(string name)
    {
        foreach (var size in new long[] { 0, 1, 4 })
        {
            using var tuples = Miners[name].Mine(randn(size, 4), zeros(size, dtype: ScalarType.Int64));
            Assert.Equal(0, tuples.Negatives.numel());
        }
    }

    [Fact]
    public void The_hardest_negative_is_a_negative_even_if_all_similarities_are_negative()
    {
        // masking by multiplication would make the masked-out zeros the most similar ones
        var embeddings = tensor(
            new float[,]
            {
                { 1, 0 },
                { 1, 0.1f },
                { -1, 0.2f },
                { -1, 0 },
            }
        );
        using var tuples = new BatchHardMiner(new CosineSimilarityDistance()).Mine(embeddings, tensor([0L, 0, 1, 1]));

        Assert.Equal([2, 2, 1, 1], tuples.Negatives.data<long>().ToArray());
    }

    [Fact]
    public void Multiplicity_is_kept()
    {
        // one positive pair, seen from each end with both negatives
        var tuples = new TripletMarginMiner(margin: 10).Mine(randn(4, 3), tensor([0L, 0, 1, 2]));
        var pairs = Pairs.Of(tuples, 4, 4);

        Assert.Equal(2, pairs.PositiveCounts[0, 1].item<long>());
        Assert.Equal(1, pairs.NegativeCounts[0, 2].item<long>());
        Assert.Equal(4, pairs.PositiveCounts.sum().item<long>());
    }

    [Fact]
    public void Strategies_that_do_not_go_together_are_refused() =>
        Assert.Throws<ArgumentException>(() => new BatchEasyHardMiner(Difficulty.SemiHard, Difficulty.SemiHard));

    [Fact]
    public void A_reference_batch_needs_its_labels()
    {
        var e = Assert.Throws<ArgumentException>(() =>
            new BatchHardMiner().Mine(randn(4, 3), tensor([0L, 0, 1, 1]), ref_emb: randn(2, 3))
        );

        Assert.Equal("ref_labels", e.ParamName);
    }
}
