using TorchLoss.Tests.Catalogue;

namespace TorchLoss.Tests.Losses;

/// <summary>Pair losses in blocks of anchors: the same value and gradients as all at once.</summary>
public class AnchorBlocksTests
{
    static readonly Dictionary<string, Reducer> Reducers = new(StringComparer.Ordinal)
    {
        ["mean"] = new MeanReducer(),
        ["sum"] = new SumReducer(),
        ["non-zero"] = new AvgNonZeroReducer(),
        ["threshold"] = new ThresholdReducer(0.1, 1.5),
        ["class-weighted"] = new ClassWeightedReducer([1, 2, 0.5]),
        ["single losses"] = new DoNothingReducer(),
    };

    static IEnumerable<LossInfo> Losses =>
        LossCatalog.All.Where(l => l.Options.Any(o => o.Name == "block_size") && l.Inputs[0].Name == "embeddings");

    public static TheoryData<string> All => [.. Losses.Select(l => l.Name)];

    public static IEnumerable<object[]> Reduced =>
        from loss in Losses
        where loss.Options.Any(o => o.Name == "reducer")
        from reducer in Reducers.Keys
        select new object[] { loss.Name, reducer };

    static TensorArguments Batch(LossInfo loss, bool reference)
    {
        var inputs = Samples.All(loss, batch: 7);
        if (reference)
        {
            inputs["ref_emb"] = Numbers.Normal(9, inputs["embeddings"].shape[1]).requires_grad_();
            inputs["ref_labels"] = arange(9, dtype: ScalarType.Int64).remainder(3);
        }

        return inputs;
    }

    static (Tensor Value, Dictionary<string, Tensor> Gradients) Run(LossInfo loss, OptionValues options, bool reference)
    {
        var inputs = Batch(loss, reference);
        var value = loss.Invoke(inputs, options);
        value.sum().backward();
        return (value, Samples.Differentiable(inputs).ToDictionary(i => i.Key, i => i.Value.grad!));
    }

    static void Same(string name, OptionValues options, bool reference)
    {
        var loss = LossCatalog.Find(name)!;
        var whole = Run(loss, options, reference);
        foreach (var size in new[] { 1L, 3, 100 })
        {
            var blocks = Run(loss, new(options) { ["block_size"] = size }, reference);
            Assert.True(allclose(whole.Value, blocks.Value, rtol: 1e-12, atol: 1e-14));
            Assert.All(
                whole.Gradients,
                g => Assert.True(allclose(g.Value, blocks.Gradients[g.Key], rtol: 1e-11, atol: 1e-13), g.Key)
            );
        }
    }

    [Theory, MemberData(nameof(Reduced))]
    public void Any_reducer_gives_the_same(string name, string reducer) =>
        Same(name, new() { ["reducer"] = Reducers[reducer] }, reference: false);

    [Theory, MemberData(nameof(All))]
    public void A_reference_batch_gives_the_same(string name)
    {
        if (LossCatalog.Find(name)!.Inputs.Any(i => i.Name == "ref_emb"))
        {
            Same(name, [], reference: true);
        }
    }

    [Theory, MemberData(nameof(All))]
    public void The_second_derivative_is_there(string name)
    {
        if (Exceptions.SecondGradient.ContainsKey(name))
        {
            return;
        }

        var loss = LossCatalog.Find(name)!;
        var options = new OptionValues(Samples.Options(loss)) { ["block_size"] = 2L };

        Assert.Null(GradCheck.Second(x => loss.Invoke(x, options), Samples.All(loss)));
    }

    [Theory, MemberData(nameof(All))]
    public void An_outer_factor_reaches_the_gradient_in_any_dtype(string name)
    {
        var loss = LossCatalog.Find(name)!;
        foreach (var dtype in new[] { ScalarType.Float32, ScalarType.BFloat16 })
        {
            Tensor Gradient(long size)
            {
                var inputs = Samples.All(loss, dtype);
                (loss.Invoke(inputs, new() { ["block_size"] = size }) * 3).sum().backward();
                return inputs["embeddings"].grad!.to(ScalarType.Float32);
            }

            Assert.True(allclose(Gradient(0), Gradient(2), rtol: 1e-2, atol: 1e-3));
        }
    }

    [Theory, MemberData(nameof(All))]
    public void One_tensor_outlives_a_call(string name)
    {
        var loss = LossCatalog.Find(name)!;
        var inputs = Samples.All(loss);
        using var scope = NewDisposeScope();

        loss.Invoke(inputs, new() { ["block_size"] = 2L });

        Assert.Equal(1, scope.DisposablesCount);
    }

    [Fact]
    public void A_large_table_of_triplets_is_cut_by_itself()
    {
        var labels = arange(600, dtype: ScalarType.Int64).remainder(2);

        Assert.Equal(600L * (1 << 24) / (600L * 300 * 600), TripletBatch.AnchorsAtATime(0, labels, null));
        Assert.True(TripletBatch.AnchorsAtATime(0, labels[..100], null) > 100);
        Assert.Equal(7, TripletBatch.AnchorsAtATime(7, labels, null));
    }
}
