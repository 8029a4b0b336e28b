namespace TorchLoss.Tests.Losses;

/// <summary>What is special to single metric losses: loops as second route, hopeless and aligned samples, refusals.</summary>
public class MetricLossFurtherTests
{
    static readonly long[] Classes = [0, 0, 1, 1, 1, 2];

    static Tensor Samples(int n = 6, int d = 3)
    {
        manual_seed(31);
        return Numbers.Normal(n, d);
    }

    static Tensor Labels => tensor(Classes);

    static IEnumerable<int> Others(int a, bool same) =>
        Enumerable.Range(0, Classes.Length).Where(j => j != a && Classes[j] == Classes[a] == same);

    [Fact]
    public void NCA_of_hopeless_anchors_keeps_its_gradient()
    {
        var embeddings = tensor(
            new[,]
            {
                { 1.0f, 0 },
                { -1, 0 },
                { 0.99f, 0.1f },
                { -0.99f, -0.1f },
            }
        );

        var gradient = Numbers.Gradient(
            embeddings,
            e => nn.functional.nca_loss(e, tensor([0L, 0, 1, 1]), softmax_scale: 100)
        );
        var loss = nn.functional.nca_loss(embeddings, tensor([0L, 0, 1, 1]), softmax_scale: 100);

        Assert.InRange(loss.Value(), 390, 400);
        Assert.All(gradient.Rows(), row => Assert.True(row.Max(Math.Abs) > 0.1));
    }

    [Fact]
    public void NCA_leaves_anchors_without_positive_out()
    {
        var (embeddings, d) = (Samples(), new LpDistance(power: 2).Matrix(Samples()).Rows());
        var terms = Enumerable
            .Range(0, 5)
            .Select(a =>
                Enumerable.Range(0, 6).Where(j => j != a).Select(j => -2 * d[a][j]).LogSumExp()
                - Others(a, same: true).Select(j => -2 * d[a][j]).LogSumExp()
            );

        Assert.Equal(terms.Average(), nn.functional.nca_loss(embeddings, Labels, 2).Value(), 12);
    }

    [Fact]
    public void Lifted_structure_takes_the_negatives_of_both_samples()
    {
        var (embeddings, d) = (Samples(), new LpDistance().Matrix(Samples()).Rows());
        var terms =
            from a in Enumerable.Range(0, 6)
            from p in Others(a, same: true)
            let push = Others(a, same: false)
                .Select(n => 1 - d[a][n])
                .Concat(Others(p, same: false).Select(n => 1 - d[p][n]))
            select Math.Pow(Math.Max(0, push.LogSumExp() + d[a][p]), 2) / 2;

        Assert.Equal(terms.Average(), nn.functional.lifted_structure_loss(embeddings, Labels).Value(), 12);
    }

    [Fact]
    public void Lifted_structure_of_the_batch_as_its_own_reference_is_the_same()
    {
        var embeddings = Samples();
        var copy = embeddings.clone();
        Tensor Loss(Tensor? reference) =>
            nn.functional.lifted_structure_loss(
                embeddings,
                Labels,
                reducer: new SumReducer(),
                ref_emb: reference,
                ref_labels: reference is null ? null : Labels
            );

        // with a copy each sample is a positive of its own as well
        var d = new LpDistance().Matrix(embeddings).Rows();
        var self = Enumerable
            .Range(0, 6)
            .Sum(a =>
                Math.Pow(Math.Max(0, Others(a, same: false).Select(n => 1 - d[a][n]).LogSumExp() + Math.Log(2)), 2) / 2
            );

        Assert.Equal(Loss(null).Value() + self, Loss(copy).Value(), 10);
    }

    [Theory]
    [InlineData(EmbeddingMetric.Euclidean)]
    [InlineData(EmbeddingMetric.Cosine)]
    public void Semi_hard_negatives_are_the_next_ones_after_the_positive(EmbeddingMetric metric)
    {
        var (embeddings, d) = (Samples(), metric.Between(Samples()).Rows());
        var terms = new List<double>();
        foreach (var a in Enumerable.Range(0, 6))
        {
            foreach (var p in Others(a, same: true))
            {
                var negatives = Others(a, same: false).Select(n => d[a][n]).ToList();
                var farther = negatives.Where(n => n > d[a][p]).ToList();
                var opponent = farther.Count > 0 ? farther.Min() : negatives.Max();
                terms.Add(Math.Max(0, d[a][p] - opponent + 0.2));
            }
        }

        var loss = nn.functional.batch_semi_hard_triplet_loss(embeddings, Labels, metric, margin: 0.2);

        Assert.Equal(terms.Average(), loss.Value(), 12);
    }

    [Fact]
    public void Smooth_AP_equals_a_loop_over_triples_of_unequal_classes()
    {
        var (embeddings, s) = (Samples(), new CosineSimilarityDistance().Matrix(Samples()).Rows());
        double Rank(int q, int j, Func<int, bool> counts) =>
            1
            + Enumerable
                .Range(0, 6)
                .Where(k => k != j && counts(k))
                .Sum(k => Numbers.Sigmoid((s[q][k] - s[q][j]) / 0.1));
        var terms = Enumerable
            .Range(0, 6)
            .Select(q =>
            {
                bool Same(int k) => Classes[k] == Classes[q];
                return 1 - Enumerable.Range(0, 6).Where(Same).Average(j => Rank(q, j, Same) / Rank(q, j, _ => true));
            });

        Assert.Equal(terms.Average(), nn.functional.smooth_ap_loss(embeddings, Labels, 0.1).Value(), 12);
    }

    [Fact]
    public void Centroids_need_classes_of_one_size()
    {
        var e = Assert.Throws<ArgumentException>(() => nn.functional.centroid_triplet_loss(Samples(), Labels));

        Assert.Contains(
            "CentroidTripletLoss: labels must hold every class equally often, got between 1 and 3",
            e.Message
        );
        Assert.Equal(0, nn.functional.centroid_triplet_loss(Samples(), arange(6)).Value());
    }

    [Theory]
    [InlineData("SphereFaceLoss")]
    [InlineData("LargeMarginSoftmaxLoss")]
    [InlineData("MagFaceLoss")]
    [InlineData("CombinedMarginLoss")]
    [InlineData("ElasticArcFaceLoss")]
    [InlineData("SubCenterArcFaceLoss")]
    public void Aligned_and_opposite_samples_have_a_finite_gradient(string name)
    {
        var loss = LossCatalog.Find(name)!;
        var options = new OptionValues();
        if (name == "SubCenterArcFaceLoss")
        {
            options["sub_centers"] = 1L;
        }

        var inputs = new TensorArguments
        {
            ["embeddings"] = tensor(
                    new float[,]
                    {
                        { 30, 0 },
                        { 0, 20 },
                        { -15, 0 },
                    }
                )
                .requires_grad_(),
            ["labels"] = tensor([0L, 1, 0]),
            ["weight"] = eye(2).requires_grad_(),
        };

        loss.Invoke(inputs, options).sum().backward();

        Assert.True(inputs["embeddings"].grad!.isfinite().all().item<bool>());
        Assert.True(inputs["weight"].grad!.isfinite().all().item<bool>());
    }

    [Fact]
    public void Tuplet_margin_of_coinciding_embeddings_has_a_finite_gradient()
    {
        var gradient = Numbers.Gradient(
            tensor(
                new float[,]
                {
                    { 1, 2 },
                    { 1, 2 },
                    { -3, 1 },
                }
            ),
            e => nn.functional.tuplet_margin_loss(e, tensor([0L, 0, 1]))
        );

        Assert.True(gradient.isfinite().all().item<bool>());
    }

    [Fact]
    public void Multiplied_angles_fall_from_0_to_pi()
    {
        double Psi(double angle) =>
            -nn
                .functional.sphere_face_loss(
                    tensor(
                        new[,]
                        {
                            { Math.Cos(angle), Math.Sin(angle) },
                        }
                    ),
                    tensor([0L]),
                    tensor(
                        new[,]
                        {
                            { 1.0, 0 },
                            { 0, 0 },
                        }
                    ),
                    margin: 3,
                    scale: 100
                )
                .Value() / 100;

        var values = Enumerable.Range(16, 15).Select(i => Psi(i * Math.PI / 31)).ToArray();

        // behind 90° the other logit, 0, wins: the loss is minus the target's logit
        Assert.Equal(values.OrderDescending(), values);
        Assert.Equal(-Math.Cos(3 * 20 * Math.PI / 31) - 2, Psi(20 * Math.PI / 31), 9);
    }

    [Fact]
    public void Combined_margins_are_those_of_ArcFace_with_the_gradient_of_the_cosine()
    {
        var (embeddings, labels) = (Samples(4), tensor([0L, 1, 2, 0]));
        var weight = Numbers.Normal(3, 3);
        Tensor Combined(Tensor e, double m2) =>
            nn.functional.combined_margin_loss(e, labels, weight, scale: 1e-3, m2: m2, reduction: nn.Reduction.Sum);

        var arc = nn.functional.arcface_loss(
            embeddings,
            labels,
            weight.t(),
            margin: 0.1 * 180 / Math.PI,
            scale: 1e-3,
            reducer: new SumReducer()
        );

        // at a tiny scale the softmax does not move, and the two gradients can be compared
        Assert.Equal(arc.Value(), Combined(embeddings, 0.1).Value(), 12);
        Assert.True(
            allclose(
                Numbers.Gradient(embeddings, e => Combined(e, 0.1)),
                Numbers.Gradient(embeddings, e => Combined(e, 0)),
                rtol: 1e-2,
                atol: 1e-8
            )
        );
    }

    [Fact]
    public void Elastic_margins_without_spread_are_those_of_CosFace()
    {
        var (embeddings, weight) = (Samples(4), Numbers.Normal(3, 2));
        var labels = tensor([0L, 1, 1, 0]);

        var elastic = nn.functional.elastic_cosface_loss(embeddings, labels, weight, margin: 0.2, scale: 8, std: 0);
        var fix = nn.functional.cosface_loss(embeddings, labels, weight, margin: 0.2, scale: 8);
        var spread = nn.functional.elastic_cosface_loss(embeddings, labels, weight, margin: 0.2, scale: 8, std: 0.3);

        Assert.Equal(fix.Value(), elastic.Value(), 12);
        Assert.True(Math.Abs(fix.Value() - spread.Value()) > 1e-4);
    }

    [Fact]
    public void Sub_centres_are_whole_classes()
    {
        var e = Assert.Throws<ArgumentException>(() =>
            nn.functional.soft_triple_loss(Samples(), Labels, randn(3, 7), centers_per_class: 2)
        );

        Assert.Contains("SoftTripleLoss: the learned vectors must be 2 for each class, got 7", e.Message);
    }

    [Fact]
    public void SoftTriple_of_one_centre_without_margin_is_normalised_softmax()
    {
        var (embeddings, fc) = (Samples(), Numbers.Normal(3, 3));

        var soft = nn.functional.soft_triple_loss(embeddings, Labels, fc, centers_per_class: 1, la: 10, margin: 0);
        var norm = nn.functional.normalized_softmax_loss(embeddings, Labels, fc, temperature: 0.1);

        Assert.Equal(norm.Value(), soft.Value(), 12);
    }

    [Fact]
    public void A_distance_is_no_similarity()
    {
        var e = Assert.Throws<ArgumentException>(() =>
            nn.functional.circle_loss(Samples(), Labels, distance: new LpDistance())
        );

        Assert.Contains("CircleLoss: distance must be a similarity, got LpDistance", e.Message);
    }

    [Fact]
    public void CoSENT_compares_pairs_of_pairs_in_one_direction()
    {
        var (a, b) = (Samples(), Numbers.Normal(6, 3));
        double[] y = [0.1, 0.9, 0.5, 0.5, 0.2, 0];
        var cosines = Enumerable.Range(0, 6).Select(i => 1 - PairwiseDistances.Cosine(a[i], b[i]).Value()).ToArray();
        var wrong =
            from i in Enumerable.Range(0, 6)
            from j in Enumerable.Range(0, 6)
            where y[i] < y[j]
            select 5 * (cosines[i] - cosines[j]);

        Assert.Equal(wrong.Append(0).LogSumExp(), nn.functional.co_sent_loss(a, b, tensor(y), scale: 5).Value(), 12);
    }

    [Fact]
    public void FastAP_of_a_perfect_ranking_is_zero()
    {
        var embeddings = tensor(
            new[,]
            {
                { 1.0, 0 },
                { 1, 0 },
                { -1, 0 },
                { -1, 0 },
            }
        );

        Assert.Equal(0, nn.functional.fast_ap_loss(embeddings, tensor([0L, 0, 1, 1])).Value(), 12);
    }
}
