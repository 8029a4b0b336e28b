using static TorchSharp.torch.nn;

namespace TorchLoss.Tests.Losses;

/// <summary>Losses that know how frequent each class is.</summary>
public class ImbalanceLossTests
{
    static readonly ClassCounts Counts = [400, 30, 2];

    static (Tensor Input, Tensor Target) Batch()
    {
        manual_seed(5);
        return (Numbers.Normal(5, 3), tensor(new long[] { 2, 0, 1, 2, 0 }));
    }

    static double[] Weights(double beta)
    {
        var raw = Counts.Select(n => (1 - beta) / (1 - Math.Pow(beta, n))).ToList();
        return [.. raw.Select(w => w / raw.Sum() * 3)];
    }

    [Theory]
    [InlineData(ClassBalancedTerm.Softmax)]
    [InlineData(ClassBalancedTerm.Sigmoid)]
    [InlineData(ClassBalancedTerm.Focal)]
    public void Class_balanced_equals_a_loop(ClassBalancedTerm term)
    {
        var (input, target) = Batch();
        var (rows, classes, weights) = (input.Rows(), target.data<long>().ToArray(), Weights(0.99));
        double Term(double[] x, long y) =>
            term switch
            {
                ClassBalancedTerm.Softmax => x.LogSumExp() - x[y],
                ClassBalancedTerm.Sigmoid => x.Select((v, c) => Numbers.Softplus(c == y ? -v : v)).Sum(),
                _ => x.Select((v, c) => c == y ? -v : v)
                    .Sum(v => Math.Pow(Numbers.Sigmoid(v), 1.5) * Numbers.Softplus(v)),
            };
        var expected = rows.Select((x, i) => weights[classes[i]] * Term(x, classes[i])).Average();

        var loss = functional.class_balanced_loss(input, target, Counts, beta: 0.99, gamma: 1.5, loss_type: term);

        Assert.Equal(expected, loss.Value(), 12);
    }

    [Fact]
    public void Class_balanced_with_beta_near_one_weighs_by_inverse_frequency()
    {
        var (input, target) = (zeros(1, 2), tensor(new long[] { 1 }));

        var loss = functional.class_balanced_loss(input, target, [3, 1], beta: 1 - 1e-12);

        Assert.Equal(1.5 * Math.Log(2), loss.Value(), 4);
    }

    [Theory]
    [InlineData(ClassBalancedTerm.Softmax)]
    [InlineData(ClassBalancedTerm.Focal)]
    public void Ignoring_is_deleting(ClassBalancedTerm term)
    {
        var (input, target) = Batch();
        var ignored = tensor(new long[] { 2, 0, 1, -100, -100 });

        var loss = functional.class_balanced_loss(input, ignored, Counts, loss_type: term);
        var deleted = functional.class_balanced_loss(input[..3], target[..3], Counts, loss_type: term);

        Assert.Equal(deleted.Value(), loss.Value(), 12);
    }

    [Fact]
    public void Counts_of_another_number_of_classes_are_refused_by_name()
    {
        var error = Assert.Throws<ArgumentException>(() =>
            functional.class_balanced_loss(zeros(2, 4), zeros(2, dtype: ScalarType.Int64), Counts)
        );

        Assert.Contains("cls_num_list", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LDAM_equals_a_loop_with_a_mean_over_weights()
    {
        var (input, target) = Batch();
        var classes = target.data<long>().ToArray();
        double[] weight = [0.5, 1, 3];
        var (sum, divisor) = (0.0, 0.0);
        foreach (var (row, y) in input.Rows().Zip(classes))
        {
            var margin = 0.7 * Math.Pow(2.0 / Counts[(int)y], 0.25);
            var logits = row.Select((x, c) => 10 * (c == y ? x - margin : x)).ToArray();
            sum += weight[y] * (logits.LogSumExp() - logits[y]);
            divisor += weight[y];
        }

        var loss = functional.ldam_loss(input, target, Counts, max_m: 0.7, s: 10, weight: tensor(weight));

        Assert.Equal(sum / divisor, loss.Value(), 12);
    }

    [Fact]
    public void LDAM_without_margin_is_cross_entropy_of_scaled_logits()
    {
        var (input, target) = Batch();

        var loss = functional.ldam_loss(input, target, Counts, max_m: 0, s: 7);

        Assert.Equal(functional.cross_entropy(input * 7, target).Value(), loss.Value(), 12);
    }

    [Fact]
    public void Counts_survive_a_cast_of_the_module_to_half_precision()
    {
        using var loss = new LDAMLoss([70_000, 2, 5]);
        loss.to(ScalarType.Float16);
        var (input, target) = Batch();

        Assert.Equal(functional.ldam_loss(input, target, [70_000, 2, 5]).Value(), loss.call(input, target).Value(), 12);
    }

    [Fact]
    public void Adjusted_logits_equal_a_loop_and_balanced_softmax_is_their_strength_1()
    {
        var (input, target) = Batch();
        var classes = target.data<long>().ToArray();
        double Loss(double tau) =>
            input
                .Rows()
                .Select(x => x.Select((v, c) => v + tau * Math.Log(Counts[c])).ToArray())
                .Select((x, i) => x.LogSumExp() - x[classes[i]])
                .Average();

        Assert.Equal(Loss(0.5), functional.logit_adjusted_loss(input, target, Counts, tau: 0.5).Value(), 12);
        Assert.Equal(Loss(1), functional.balanced_softmax_loss(input, target, Counts).Value(), 12);
    }

    [Fact]
    public void Logits_of_images_are_adjusted_by_class()
    {
        manual_seed(6);
        var (input, target) = (Numbers.Normal(2, 3, 4), randint(0, 3, [2, 4], dtype: ScalarType.Int64));
        var rows = input.permute(0, 2, 1).reshape(8, 3);

        Assert.Equal(
            functional.balanced_softmax_loss(rows, target.flatten(), Counts).Value(),
            functional.balanced_softmax_loss(input, target, Counts).Value(),
            12
        );
    }
}
