namespace TorchLoss.Tests.Losses;

/// <summary>Metric losses: a naive loop as second route, batches without pairs, and the traps of each.</summary>
public class MetricLossTests
{
    static (Tensor Embeddings, Tensor Labels) Batch(int n = 9, int d = 4)
    {
        manual_seed(17);
        return (
            randn([n, d], dtype: ScalarType.Float64).requires_grad_(),
            arange(n, dtype: ScalarType.Int64).remainder(3)
        );
    }

    static double[,] Cosines(Tensor embeddings)
    {
        using var matrix = new CosineSimilarityDistance().Matrix(embeddings.detach());
        var n = (int)matrix.shape[0];
        var cosines = new double[n, n];
        Buffer.BlockCopy(matrix.data<double>().ToArray(), 0, cosines, 0, n * n * sizeof(double));
        return cosines;
    }

    [Fact]
    public void NTXent_equals_a_loop_over_mined_triplets()
    {
        var (embeddings, labels) = Batch();
        var miner = new TripletMarginMiner(margin: 0.3);
        var (s, terms) = (Cosines(embeddings), new List<double>());
        using var tuples = miner.Mine(embeddings, labels);
        var (a, p, n) = (
            tuples.Anchors1.data<long>().ToArray(),
            tuples.Positives.data<long>().ToArray(),
            tuples.Negatives.data<long>().ToArray()
        );
        for (var i = 0; i < a.Length; i++)
        {
            var negatives = Enumerable.Range(0, a.Length).Where(j => a[j] == a[i]);
            var rest = negatives.Sum(j => Math.Exp(s[a[j], n[j]] / 0.2));
            var own = Math.Exp(s[a[i], p[i]] / 0.2);
            terms.Add(-Math.Log(own / (own + rest)));
        }

        var loss = nn.functional.nt_xent_loss(embeddings, labels, temperature: 0.2, miner: miner);

        Assert.Equal(terms.Average(), loss.item<double>(), 10);
    }

    [Fact]
    public void NTXent_of_a_hopeless_pair_keeps_its_gradient()
    {
        var embeddings = tensor(
                new float[,]
                {
                    { 1, 0 },
                    { -1, 1e-3f },
                    { 1, 1e-3f },
                }
            )
            .requires_grad_();

        var loss = nn.functional.nt_xent_loss(embeddings, tensor([0L, 0, 1]), temperature: 0.01);
        loss.backward();

        Assert.Equal(100, loss.item<float>(), 2.0f);
        Assert.True(embeddings.grad!.abs().max().item<float>() > 0.01f);
    }

    [Theory]
    [InlineData("NTXentLoss", 0)]
    [InlineData("SupConLoss", 0)]
    [InlineData("BatchHardTripletLoss", 5)]
    [InlineData("BatchHardSoftMarginTripletLoss", 0.6931472)]
    [InlineData("BatchTripletMarginLoss", 0)]
    [InlineData("CircleLoss", 0)]
    public void One_class_gives_a_value_without_gradient(string name, double expected)
    {
        var embeddings = randn(5, 3).requires_grad_();
        var inputs = new TensorArguments
        {
            ["embeddings"] = embeddings,
            ["labels"] = zeros(5, dtype: ScalarType.Int64),
        };

        var loss = LossCatalog.Find(name)!.Invoke(inputs, []);
        loss.backward();

        Assert.Equal(expected, loss.item<float>(), 5);
        Assert.Equal(0, embeddings.grad!.abs().max().item<float>(), 6);
    }

    [Theory]
    [InlineData("NTXentLoss")]
    [InlineData("SupConLoss")]
    [InlineData("BatchHardTripletLoss")]
    [InlineData("BatchHardSoftMarginTripletLoss")]
    [InlineData("BatchTripletMarginLoss")]
    [InlineData("ContrastiveLoss")]
    [InlineData("CircleLoss")]
    [InlineData("MultiSimilarityLoss")]
    [InlineData("ArcFaceLoss")]
    [InlineData("CosFaceLoss")]
    [InlineData("ProxyAnchorLoss")]
    [InlineData("ProxyNCALoss")]
    [InlineData("CenterLoss")]
    public void An_empty_batch_gives_a_connected_zero(string name)
    {
        var embeddings = zeros(0, 3).requires_grad_();
        var inputs = new TensorArguments
        {
            ["embeddings"] = embeddings,
            ["labels"] = zeros(0, dtype: ScalarType.Int64),
            ["weight"] = randn(3, 2),
            ["proxies"] = randn(2, 3),
            ["centers"] = randn(2, 3),
        };

        var loss = LossCatalog.Find(name)!.Invoke(inputs, []);
        loss.backward();

        Assert.Equal(0, loss.item<float>());
    }

    [Fact]
    public void SupCon_leaves_anchors_without_positive_out_of_the_mean()
    {
        var (embeddings, _) = Batch(5);
        var labels = tensor([0L, 0, 1, 1, 2]);
        var (s, terms) = (Cosines(embeddings), new List<double>());
        for (var a = 0; a < 4; a++)
        {
            var rest = Enumerable.Range(0, 5).Where(j => j != a).Sum(j => Math.Exp(s[a, j] / 0.1));
            terms.Add(Math.Log(rest) - s[a, a ^ 1] / 0.1);
        }

        Assert.Equal(terms.Average(), nn.functional.supcon_loss(embeddings, labels).item<double>(), 10);
    }

    [Fact]
    public void Regularised_single_losses_average_to_the_regularised_mean()
    {
        var (embeddings, labels) = Batch();
        Tensor Loss(Reducer reducer) =>
            nn.functional.nt_xent_loss(
                embeddings,
                labels,
                reducer: reducer,
                embedding_regularizer: new LpRegularizer(),
                embedding_reg_weight: 0.5
            );

        Assert.Equal(Loss(new MeanReducer()).item<double>(), Loss(new DoNothingReducer()).mean().item<double>(), 10);
    }

    [Fact]
    public void ArcFace_without_margin_is_cross_entropy_of_its_logits()
    {
        var (embeddings, labels) = Batch();
        using var loss = new ArcFaceLoss(4, 3, margin: 0, scale: 16);
        loss.to(ScalarType.Float64);

        var expected = nn.functional.cross_entropy(loss.Logits(embeddings), labels);

        Assert.Equal(expected.item<double>(), loss.call(embeddings, labels).item<double>(), 10);
    }

    [Fact]
    public void ArcFace_margin_is_in_degrees_and_past_pi_the_target_logit_goes_on_falling()
    {
        // one sample, two opposite class weights
        var weight = tensor(
            new[,]
            {
                { 1.0, -1 },
                { 0, 0 },
            }
        );
        double Loss(double angle)
        {
            var sample = tensor(
                new[,]
                {
                    { Math.Cos(angle), Math.Sin(angle) },
                }
            );
            return nn.functional.arcface_loss(sample, tensor([0L]), weight, margin: 30, scale: 4).item<double>();
        }

        double Expected(double angle, double target) => Math.Log(1 + Math.Exp(4 * -Math.Cos(angle) - 4 * target));
        const double margin = Math.PI / 6;
        var (before, past) = (Math.PI / 3, Math.PI * 17 / 18);

        Assert.Equal(Expected(before, Math.Cos(before + margin)), Loss(before), 10);
        Assert.Equal(Expected(past, Math.Cos(past) - margin * Math.Sin(margin)), Loss(past), 10);
    }

    [Fact]
    public void ArcFace_of_aligned_and_opposite_samples_has_a_finite_gradient()
    {
        var embeddings = tensor(
                new float[,]
                {
                    { 3, 0 },
                    { 0, 2 },
                    { -1, 0 },
                }
            )
            .requires_grad_();
        var weight = tensor(
                new float[,]
                {
                    { 1, 0 },
                    { 0, 5 },
                }
            )
            .requires_grad_();

        nn.functional.arcface_loss(embeddings, tensor([0L, 1, 0]), weight).backward();

        Assert.True(embeddings.grad!.isfinite().all().item<bool>());
        Assert.True(weight.grad!.isfinite().all().item<bool>());
    }

    [Fact]
    public void A_class_index_out_of_range_is_refused()
    {
        var e = Assert.Throws<ArgumentException>(() =>
            nn.functional.arcface_loss(randn(2, 4), tensor([0L, 3]), randn(4, 3))
        );

        Assert.Contains("ArcFaceLoss: labels must lie in [0, 3), got 3", e.Message);
    }

    [Fact]
    public void ProxyAnchor_equals_a_loop()
    {
        var (embeddings, labels) = Batch(6);
        var proxies = randn([4, 4], dtype: ScalarType.Float64);
        using var all = new CosineSimilarityDistance().Matrix(embeddings, proxies);
        var (attracting, repelling) = (0.0, 0.0);
        for (var c = 0; c < 4; c++)
        {
            double Sum(bool own, int sign) =>
                Enumerable
                    .Range(0, 6)
                    .Where(i => i % 3 == c == own)
                    .Sum(i => Math.Exp(sign * 8 * (all[i, c].item<double>() + sign * 0.2)));
            attracting += Math.Log(1 + Sum(own: true, -1));
            repelling += Math.Log(1 + Sum(own: false, 1));
        }

        var loss = nn.functional.proxy_anchor_loss(embeddings, labels, proxies, margin: 0.2, alpha: 8);

        Assert.Equal(attracting / 3 + repelling / 4, loss.item<double>(), 10);
    }

    [Fact]
    public void BatchHardTriplet_equals_a_loop_and_coinciding_embeddings_get_a_finite_gradient()
    {
        var (embeddings, labels) = Batch();
        using var distances = new LpDistance(normalize_embeddings: false).Matrix(embeddings.detach());
        var terms = Enumerable
            .Range(0, 9)
            .Select(a =>
            {
                double D(int j) => distances[a, j].item<double>();
                var positive = Enumerable.Range(0, 9).Where(j => j != a && j % 3 == a % 3).Max(D);
                var negative = Enumerable.Range(0, 9).Where(j => j % 3 != a % 3).Min(D);
                return Math.Max(0, positive - negative + 1);
            });
        Assert.Equal(
            terms.Average(),
            nn.functional.batch_hard_triplet_loss(embeddings, labels, margin: 1).item<double>(),
            10
        );

        var same = ones(4, 3).requires_grad_();
        nn.functional.batch_hard_triplet_loss(same, tensor([0L, 0, 1, 1])).backward();
        Assert.Equal(0, same.grad!.abs().max().item<float>());
    }
}
