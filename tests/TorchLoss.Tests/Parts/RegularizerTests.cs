using TorchLoss.Tests.Catalogue;

namespace TorchLoss.Tests.Parts;

/// <summary>Regularisers: derivatives, and vectors that vanish, coincide or stand alone.</summary>
public class RegularizerTests
{
    static readonly Dictionary<string, Regularizer> Regularizers = new(StringComparer.Ordinal)
    {
        ["lp"] = new LpRegularizer(),
        ["l1"] = new LpRegularizer(p: 1),
        ["zero mean"] = new ZeroMeanRegularizer(),
        ["regular face"] = new RegularFaceRegularizer(),
        ["center invariant"] = new CenterInvariantRegularizer(),
        ["sparse centers"] = new SparseCentersRegularizer(num_classes: 2, centers_per_class: 2),
    };

    public static TheoryData<string> All => [.. Regularizers.Keys];

    [Theory, MemberData(nameof(All))]
    public void Gradients_equal_differences(string name)
    {
        manual_seed(5);
        var inputs = new TensorArguments { ["embeddings"] = randn([4, 3], dtype: ScalarType.Float64).requires_grad_() };

        Assert.Null(GradCheck.First(Regularizers[name].Run, inputs));
        Assert.Null(GradCheck.Second(Regularizers[name].Run, inputs));
    }

    [Theory, MemberData(nameof(All))]
    public void Vanishing_and_coinciding_vectors_have_finite_gradients(string name)
    {
        var vectors = tensor(
                new float[,]
                {
                    { 1, 2 },
                    { 1, 2 },
                    { 0, 0 },
                    { 0, 0 },
                }
            )
            .requires_grad_();

        Regularizers[name].Penalty(vectors).backward();

        Assert.True(vectors.grad!.abs().max().item<float>() < 100);
    }

    [Fact]
    public void A_single_class_has_no_neighbour() =>
        Assert.Equal(0, new RegularFaceRegularizer().Penalty(ones(1, 3)).item<float>());
}
