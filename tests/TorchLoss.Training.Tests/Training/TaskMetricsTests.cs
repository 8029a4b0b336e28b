namespace TorchLoss.Training.Tests;

/// <summary>Each metric against numbers worked out by counting in plain loops or by hand.</summary>
public sealed class TaskMetricsTests
{
    static double Value(ITaskMetrics metrics, Tensor outputs, Tensor targets, int which = 0) =>
        metrics.Measure(outputs, targets).Values[metrics.Names[which]];

    [Fact]
    public void Auc_is_the_share_of_pairs_in_order()
    {
        using var scope = NewDisposeScope();
        var random = new Random(3);
        float[] scores = [.. Enumerable.Range(0, 60).Select(_ => (float)random.Next(8))]; // many equal ones
        long[] classes = [.. Enumerable.Range(0, 60).Select(_ => (long)random.Next(2))];
        var pairs =
            from i in Enumerable.Range(0, 60)
            from j in Enumerable.Range(0, 60)
            where classes[i] == 1 && classes[j] == 0
            select scores[i] > scores[j] ? 1
            : scores[i] == scores[j] ? 0.5
            : 0;
        var expected = pairs.Average();
        Assert.Equal(expected, Value(new AucMetric(), tensor(scores), tensor(classes)), 12);
        var two = stack([zeros(60), tensor(scores)], 1) + 5;
        Assert.Equal(expected, Value(new AucMetric(), two, tensor(classes)), 12);
        Assert.Equal(double.NaN, Value(new AucMetric(), tensor(scores), ones(60, int64)));
    }

    [Fact]
    public void Auc_of_several_classes_is_the_mean_of_each_against_the_rest()
    {
        using var scope = NewDisposeScope();
        using var generator = random.manual_seed(2);
        var scores = randn(40, 4, dtype: float64);
        var classes = randint(0, 3, 40, dtype: int64); // the last class does not occur
        var p = scores.softmax(1);
        var each = Enumerable
            .Range(0, 3)
            .Select(c => Value(new AucMetric(), p.select(1, c), classes.eq(c).to(int64)));
        Assert.Equal(each.Average(), Value(new AucMetric(), scores, classes), 12);
    }

    [Fact]
    public void Log_loss_is_the_cross_entropy_of_logits()
    {
        using var scope = NewDisposeScope();
        var scores = tensor(new[] { 1.0, 2, 3, -800, 0, 0 }, 2, 3);
        var classes = tensor(new long[] { 2, 0 });
        var expected = (Math.Log(Math.Exp(-2) + Math.Exp(-1) + 1) + 800 + Math.Log(2)) / 2;
        Assert.Equal(expected, Value(new LogLossMetric(), scores, classes), 10);
        var logits = tensor(new[] { 0.5, -1 });
        var binary = (Math.Log(1 + Math.Exp(-0.5)) + Math.Log(1 + Math.Exp(-1))) / 2;
        Assert.Equal(binary, Value(new LogLossMetric(), logits, tensor(new long[] { 1, 0 })), 12);
    }

    [Fact]
    public void Top_k_counts_equal_scores_against_the_model()
    {
        using var scope = NewDisposeScope();
        var scores = tensor(new float[] { 4, 3, 2, 1, 1, 2, 3, 4, 1, 1, 1, 1 }, 3, 4);
        var classes = tensor(new long[] { 1, 0, 2 });
        Assert.Equal(0, Value(new TopKAccuracyMetric(1), scores, classes), 12);
        Assert.Equal(1 / 3.0, Value(new TopKAccuracyMetric(2), scores, classes), 12);
        Assert.Equal(1, Value(new TopKAccuracyMetric(4), scores, classes), 12);
        Assert.Equal(0, Value(new TopKAccuracyMetric(3), scores * float.NaN, classes), 12);
    }

    [Fact]
    public void Relative_errors_leave_targets_of_0_out()
    {
        using var scope = NewDisposeScope();
        var outputs = tensor(new[] { 1.0, 5, 3 }, 3, 1);
        var targets = tensor(new[] { 2.0, 4, 0 }, 3, 1);
        Assert.Equal((0.5 + 0.25) / 2, Value(new MapeMetric(), outputs, targets), 12);
        Assert.Equal((10.0 / 120 + 10.0 / 140 + 30.0 / 100) / 3, Value(new MapeMetric(100, 10), outputs, targets), 12);
    }

    [Fact]
    public void Quantiles_cost_by_their_side_and_cover_between_the_outermost()
    {
        using var scope = NewDisposeScope();
        var outputs = tensor(new[] { 2.0, 1, 3, 2.0, 1, 3 }, 2, 3);
        var targets = tensor(new[] { 2.5, 4 });
        var metrics = new QuantileMetrics([0.5, 0.1, 0.9]);
        var expected = (0.25 + 0.15 + 0.05 + 1 + 0.3 + 0.9) / 6;
        Assert.Equal(expected, Value(metrics, outputs, targets), 12);
        Assert.Equal(0.5, Value(metrics, outputs, targets, 1), 12);
        Assert.Equal(10 * expected, Value(new QuantileMetrics([0.5, 0.1, 0.9], 7, 10), outputs, targets), 12);
        Assert.Throws<ArgumentException>(() => new QuantileMetrics([0.5, 1]));
    }

    [Fact]
    public void Masks_are_counted_by_class()
    {
        using var scope = NewDisposeScope();
        var labels = tensor(new long[] { 0, 0, 1, 1, 1, -100 }, 1, 2, 3);
        var predicted = tensor(new long[] { 0, 1, 1, 1, 0, 2 }, 1, 2, 3);
        var scores = nn.functional.one_hot(predicted, 3).permute(0, 3, 1, 2).to(float32);
        var metrics = new MaskMetrics();
        Assert.Equal((1 / 3.0 + 2 / 4.0) / 2, Value(metrics, scores, labels), 12);
        Assert.Equal((2 / 4.0 + 4 / 6.0) / 2, Value(metrics, scores, labels, 1), 12);
        var logits = tensor(new[] { 1f, -1, 2, 3 }, 1, 1, 2, 2);
        var mask = tensor(new float[] { 1, 1, 1, 0 }, 1, 1, 2, 2);
        Assert.Equal(2 / 4.0, Value(metrics, logits, mask), 12);
        Assert.Equal(1, Value(metrics, -logits.abs(), mask * 0), 12);
        Assert.Throws<TrainingException>(() => Value(metrics, scores, labels + 9));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Neighbours_are_found_across_blocks_but_never_oneself(bool cosine)
    {
        using var scope = NewDisposeScope();
        using var generator = random.manual_seed(4);
        var places = randn(700, 3, dtype: float64);
        var classes = randint(0, 9, 700, dtype: int64);
        var metrics = new RecallAtKMetric([1, 4], cosine);
        for (var i = 0; i < 2; i++)
            Assert.Equal(Recall(places, classes, i == 0 ? 1 : 4, cosine), Value(metrics, places, classes, i), 12);
        Assert.Equal(0, Value(metrics, places.narrow(0, 0, 1), classes.narrow(0, 0, 1)));
    }

    static double Recall(Tensor places, Tensor classes, int k, bool cosine)
    {
        double[][] rows = [.. Enumerable.Range(0, 700).Select(i => places[i].data<double>().ToArray())];
        var kinds = classes.data<long>().ToArray();
        double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();
        double Near(double[] a, double[] b) =>
            cosine ? Dot(a, b) / Math.Sqrt(Dot(a, a) * Dot(b, b)) : -a.Zip(b, (x, y) => (x - y) * (x - y)).Sum();
        return Enumerable
            .Range(0, 700)
            .Average(i =>
                Enumerable
                    .Range(0, 700)
                    .Where(j => j != i)
                    .OrderByDescending(j => Near(rows[i], rows[j]))
                    .Take(k)
                    .Any(j => kinds[j] == kinds[i])
                    ? 1.0
                    : 0
            );
    }

    [Fact]
    public void Perplexity_leaves_padding_out_wherever_the_vocabulary_is()
    {
        using var scope = NewDisposeScope();
        var scores = tensor(new[] { 0.0, 0, 0, 0, Math.Log(3), 0, 9, 9, 9 }, 1, 3, 3);
        var tokens = tensor(new long[] { 2, 1, -100 }, 1, 3);
        var expected = Math.Exp((Math.Log(3) + Math.Log(5.0 / 3)) / 2);
        Assert.Equal(expected, Value(new PerplexityMetric(-1), scores, tokens), 10);
        Assert.Equal(expected, Value(new PerplexityMetric(), scores.transpose(1, 2), tokens), 10);
        Assert.Throws<TrainingException>(() => Value(new PerplexityMetric(), scores, tokens + 200));
        Assert.Throws<TrainingException>(() => Value(new PerplexityMetric(), scores, tokens.reshape(-1)));
    }

    [Fact]
    public void Combined_metrics_keep_the_richest_report_and_all_numbers()
    {
        using var scope = NewDisposeScope();
        var metrics = new CombinedMetrics(new AucMetric(), new ClassificationMetrics(["a", "b"]), new LogLossMetric());
        Assert.Equal(["auc", "accuracy", "macro_f1", "log_loss"], metrics.Names);
        var report = metrics.Measure(tensor(new[] { -1f, 2 }), tensor(new long[] { 0, 1 }));
        Assert.Equal(metrics.Names, report.Values.Keys);
        Assert.Equal([1, 0], Assert.IsType<ClassReport>(report).Confusion[0]);
        Assert.Throws<ArgumentException>(() => new CombinedMetrics(new AucMetric(), new AucMetric()));
    }

    [Fact]
    public void A_trainer_measures_them_and_monitors_know_which_way_is_better()
    {
        var metrics = new CombinedMetrics(new AucMetric(), new LogLossMetric(), new TopKAccuracyMetric(2));
        using var run = new TestRun(TestRun.Options() with { Metrics = metrics });
        var history = run.Fit().History;
        Assert.Equal(1, history[^1].Value("top2_accuracy"));
        Assert.Equal(history[^1].ValidationLoss!.Value, history[^1].Value("log_loss")!.Value, 1e-6);
        EpochRecord Epoch(double value) =>
            history[0] with
            {
                Metrics = new Dictionary<string, double> { ["auc"] = value, ["log_loss"] = value, ["mape"] = value },
            };
        EpochRecord[] rising = [Epoch(0.5), Epoch(0.6)];
        Assert.Equal((1, 0, 0), (Best("auc"), Best("log_loss"), Best("mape")));
        int Best(string name) => new Monitor(name).Best(rising);
    }
}
