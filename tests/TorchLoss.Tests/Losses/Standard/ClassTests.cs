using TorchLoss.Standard;

namespace TorchLoss.Tests.Losses.Standard;

/// <summary>Cross entropy and negative log likelihood: smoothing, weights, distributions, ignored positions, single samples.</summary>
public class ClassTests
{
    const ScalarType F64 = ScalarType.Float64;

    static readonly long[] Classes = [2, 0, -100, 1, 2];

    static (Tensor Logits, Tensor Target, Tensor Weight) Batch(ScalarType dtype = F64)
    {
        manual_seed(5);
        return (randn([5, 3], F64).to(dtype), tensor(Classes), tensor(new[] { 0.5, 2, 1.5 }).to(dtype));
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(0.3, false)]
    [InlineData(0, true)]
    [InlineData(0.3, true)]
    public void Cross_entropy_equals_a_loop(double smoothing, bool weighted)
    {
        using var scope = NewDisposeScope();
        var (logits, target, weight) = Batch();
        var log_p = Near.Numbers(logits.log_softmax(1));
        var w = weighted ? Near.Numbers(weight) : [1, 1, 1];
        var losses = new double[5];
        var divisor = 0.0;
        for (var i = 0; i < 5; i++)
        {
            for (var k = 0; k < 3 && Classes[i] >= 0; k++)
            {
                var q = (k == Classes[i] ? 1 - smoothing : 0) + smoothing / 3;
                losses[i] -= w[k] * q * log_p[3 * i + k];
            }

            divisor += Classes[i] >= 0 ? w[Classes[i]] : 0;
        }

        var given = weighted ? weight : null;
        Tensor Loss(Reduction reduction) =>
            Functional.cross_entropy(logits, target, given, reduction: reduction, label_smoothing: smoothing);
        Near.Equal(losses, Loss(Reduction.None));
        Near.Equal(losses.Sum(), Loss(Reduction.Sum));
        Near.Equal(losses.Sum() / divisor, Loss(Reduction.Mean));
    }

    [Fact]
    public void A_distribution_on_one_class_is_its_index()
    {
        using var scope = NewDisposeScope();
        var (logits, _, weight) = Batch();
        var target = tensor(new[] { 2L, 0, 1, 1, 2 });
        foreach (var smoothing in new[] { 0, 0.2 })
        {
            Near.Equal(
                Functional.cross_entropy(logits, target, weight, reduction: Reduction.None, label_smoothing: smoothing),
                Functional.cross_entropy(
                    logits,
                    nn.functional.one_hot(target, 3).to(F64),
                    weight,
                    reduction: Reduction.None,
                    label_smoothing: smoothing
                )
            );
        }
    }

    [Fact]
    public void The_mean_over_distributions_divides_by_their_number_whatever_the_weights()
    {
        using var scope = NewDisposeScope();
        var (logits, _, weight) = Batch();
        var target = logits.softmax(1);
        var losses = Functional.cross_entropy(logits, target, weight, reduction: Reduction.None);
        Near.Equal(losses.sum() / 5, Functional.cross_entropy(logits, target, weight));
    }

    public static TheoryData<ScalarType, bool> Forms =>
        new()
        {
            { F64, false },
            { F64, true },
            { ScalarType.Float32, false },
            { ScalarType.Float32, true },
        };

    [Theory, MemberData(nameof(Forms))]
    public void Nothing_but_ignored_positions_gives_NaN_and_gradient_0(ScalarType dtype, bool weighted)
    {
        using var scope = NewDisposeScope();
        var (logits, _, weight) = Batch(dtype);
        var given = weighted ? weight : null;
        var target = full([5], -100, dtype: int64);
        foreach (var smoothing in new[] { 0, 0.1 })
        {
            Near.Equal(double.NaN, Functional.cross_entropy(logits, target, given, label_smoothing: smoothing));
            Near.Equal(
                new double[15],
                Near.Gradient(x => Functional.cross_entropy(x, target, given, label_smoothing: smoothing), logits)
            );
        }

        Near.Equal(double.NaN, Functional.nll_loss(logits, target, given));
        Near.Equal(new double[15], Near.Gradient(x => Functional.nll_loss(x, target, given), logits));
    }

    [Fact]
    public void Weights_that_add_up_to_0_give_NaN()
    {
        using var scope = NewDisposeScope();
        var weight = tensor(new[] { 0f, 1f, 1f });
        Near.Equal(double.NaN, Functional.cross_entropy(ones(1, 3), zeros(1, dtype: int64), weight));
        Near.Equal(double.NaN, Functional.nll_loss(ones(1, 3), zeros(1, dtype: int64), weight));
    }

    [Fact]
    public void A_single_sample_is_a_batch_of_one()
    {
        using var scope = NewDisposeScope();
        var (logits, _, weight) = Batch();
        var (row, y) = (logits.select(0, 0), tensor(2L));
        foreach (var reduction in new[] { Reduction.None, Reduction.Mean, Reduction.Sum })
        {
            var batch = Functional.cross_entropy(row.unsqueeze(0), y.unsqueeze(0), weight, reduction: reduction);
            var single = Functional.cross_entropy(row, y, weight, reduction: reduction);
            Assert.Equal(0, single.dim());
            Near.Equal(batch.squeeze(), single);
            Near.Equal(
                Functional.nll_loss(row.unsqueeze(0), y.unsqueeze(0), weight, reduction: reduction).squeeze(),
                Functional.nll_loss(row, y, weight, reduction: reduction)
            );
        }
    }

    [Fact]
    public void An_impossible_other_class_changes_nothing_and_an_ignored_one_cannot_hurt()
    {
        using var scope = NewDisposeScope();
        foreach (var dtype in new[] { ScalarType.Float32, F64 })
        {
            var logits = tensor(
                    new[,]
                    {
                        { 1, 2, double.NegativeInfinity },
                        { double.NegativeInfinity, 0, 0 },
                    }
                )
                .to(dtype);
            var target = tensor(new[] { 1L, -100L });
            var expected = Math.Log(1 + Math.Exp(-1));
            Near.Equal([expected, 0], Functional.cross_entropy(logits, target, reduction: Reduction.None));
            Near.Equal(expected, Functional.nll_loss(logits.log_softmax(1), target));
            var gradient = Near.Numbers(Near.Gradient(x => Functional.cross_entropy(x, target), logits));
            Assert.All(gradient, g => Assert.True(double.IsFinite(g)));
        }
    }

    [Fact]
    public void Wrong_targets_are_refused_before_native_code_sees_them()
    {
        using var scope = NewDisposeScope();
        var logits = ones(2, 3);
        Near.Refused(() => Functional.cross_entropy(logits, tensor(new[] { 0L, 3L })), "target", "[0, 3)", "got 3");
        Near.Refused(() => Functional.nll_loss(logits, tensor(new[] { 0L, -1L })), "target", "[0, 3)", "got -1");
        Near.Refused(() => Functional.cross_entropy(logits, ones(2)), "distributions", "(2)", "(2, 3)");
        Near.Refused(() => Functional.cross_entropy(ones(3), tensor(new[] { 0L })), "(C)", "(3)", "(1)");
        Near.Refused(() => Functional.cross_entropy(logits, tensor(new[] { 0L, 1L }), ones(4)), "weight", "(3)", "(4)");
    }
}
