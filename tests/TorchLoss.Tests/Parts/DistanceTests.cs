using TorchLoss.Tests.Catalogue;

namespace TorchLoss.Tests.Parts;

/// <summary>Distances: derivatives, coinciding and close points, memory, refusals.</summary>
public class DistanceTests
{
    static readonly Dictionary<string, Distance> Distances = new(StringComparer.Ordinal)
    {
        ["euclidean"] = new LpDistance(),
        ["raw euclidean"] = new LpDistance(normalize_embeddings: false),
        ["squared"] = new LpDistance(normalize_embeddings: false, power: 2),
        ["l3"] = new LpDistance(p: 3),
        ["root"] = new LpDistance(power: 0.5),
        ["cosine"] = new CosineSimilarityDistance(),
        ["dot"] = new DotProductSimilarity(normalize_embeddings: false),
        ["snr"] = new SNRDistance(),
    };

    public static TheoryData<string> All => [.. Distances.Keys];

    static TensorArguments Two(ScalarType dtype = ScalarType.Float64)
    {
        manual_seed(3);
        return new()
        {
            ["query_emb"] = randn([4, 5], dtype: dtype).requires_grad_(),
            ["ref_emb"] = randn([3, 5], dtype: dtype).requires_grad_(),
        };
    }

    [Theory, MemberData(nameof(All))]
    public void Gradient_equals_differences(string name) => Assert.Null(GradCheck.First(Distances[name].Run, Two()));

    /// <remarks>torch's cdist with p other than 2 has no second derivative.</remarks>
    [Theory, MemberData(nameof(All))]
    public void Second_gradient_equals_differences(string name) =>
        Assert.Null(name == "l3" ? null : GradCheck.Second(Distances[name].Run, Two()));

    [Theory, MemberData(nameof(All))]
    public void One_tensor_outlives_a_call(string name)
    {
        var inputs = Two();
        using var scope = NewDisposeScope();

        Distances[name].Run(inputs);

        Assert.Equal(1, scope.DisposablesCount);
    }

    [Theory, MemberData(nameof(All))]
    public void Coinciding_and_vanishing_vectors_have_finite_gradients(string name)
    {
        var query = tensor(
                new float[,]
                {
                    { 1, 2, 4 },
                    { 1, 2, 4 },
                    { 0, 0, 0 },
                    { 3, 3, 3 },
                }
            )
            .requires_grad_();

        var matrix = Distances[name].Matrix(query);
        matrix.sum().backward();

        Assert.True(matrix.isfinite().all().item<bool>());
        Assert.True(query.grad!.abs().max().item<float>() < 1e3f, query.grad!.str());
    }

    [Fact]
    public void Close_points_keep_their_digits()
    {
        // more than 25 rows, where torch's cdist changes to products and loses all of them
        manual_seed(1);
        var centre = randn([1, 64]);
        var points = (centre + 1e-3 * randn([40, 64])).requires_grad_();
        var exact = points.detach().to(ScalarType.Float64).requires_grad_();
        var distance = new LpDistance(normalize_embeddings: false);

        var (value, truth) = (distance.Matrix(points), distance.Matrix(exact));
        value.sum().backward();
        truth.sum().backward();

        Assert.True((value.to(ScalarType.Float64) - truth).abs().max().item<double>() < 1e-5 * 0.01);
        Assert.True((points.grad!.to(ScalarType.Float64) - exact.grad!).abs().max().item<double>() < 0.05);
    }

    [Fact]
    public void Names_of_the_original_are_found()
    {
        Assert.Equal(nameof(CosineSimilarityDistance), LossCatalog.FindPart("CosineSimilarity")!.Name);
    }

    [Fact]
    public void Refusals_name_the_argument_and_both_shapes()
    {
        var e = Assert.Throws<ArgumentException>(() => new LpDistance().Matrix(zeros(4, 3), zeros(2, 5)));

        Assert.Equal("reference", e.ParamName);
        Assert.Contains("LpDistance: dimension 1 of reference must be 3", e.Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => new LpDistance(p: 0.5));
    }
}
