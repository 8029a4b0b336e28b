using TorchLoss.Standard;

namespace TorchLoss.Tests.Losses.Standard;

/// <summary>Binary cross entropy of probabilities and of logits, and their relatives.</summary>
public class BinaryTests
{
    [Fact]
    public void Weighted_means_divide_by_the_number_of_elements()
    {
        using var scope = NewDisposeScope();
        var probability = tensor(new[] { 0.2, 0.9, 0.4, 0.6 }).view(2, 2);
        var label = tensor(new[] { 0.0, 1, 1, 0 }).view(2, 2);
        var weight = tensor(new[] { 3.0, 0.5 });
        var expected = -(3 * Math.Log(0.8) + 0.5 * Math.Log(0.9) + 3 * Math.Log(0.4) + 0.5 * Math.Log(0.4)) / 4;

        Near.Equal(expected, Functional.binary_cross_entropy(probability, label, weight));
        Near.Equal(
            expected,
            Functional.binary_cross_entropy_with_logits(probability.log() - (1 - probability).log(), label, weight)
        );
    }

    [Fact]
    public void Positives_weigh_as_pos_weight_says()
    {
        using var scope = NewDisposeScope();
        var logit = tensor(new[] { -3.0, 0, 2, -40, 40 });
        foreach (var label in new[] { 0.0, 0.3, 1 })
        {
            var target = full_like(logit, label);
            var positive = nn.functional.softplus(-logit, 1, 1000);
            var negative = nn.functional.softplus(logit, 1, 1000);
            Near.Equal(
                2.5 * label * positive + (1 - label) * negative,
                Functional.binary_cross_entropy_with_logits(
                    logit,
                    target,
                    reduction: Reduction.None,
                    pos_weight: tensor(new[] { 2.5 })
                )
            );
        }
    }

    [Theory]
    [InlineData(-20, 0)]
    [InlineData(20, 1)]
    public void A_confident_right_answer_keeps_its_digits(float logit, float label)
    {
        using var scope = NewDisposeScope();
        var (x, t) = (tensor(new[] { logit }), tensor(new[] { label }));
        var exact = Math.Exp(-20);
        Assert.Equal(exact, Functional.binary_cross_entropy_with_logits(x, t).item<float>(), exact * 1e-5);
        Assert.Equal(
            exact,
            Functional.binary_cross_entropy_with_logits(x, t, pos_weight: ones(1)).item<float>(),
            exact * 1e-5
        );
    }

    [Fact]
    public void The_slope_at_logit_0_is_half_minus_the_label()
    {
        using var scope = NewDisposeScope();
        foreach (var dtype in new[] { float32, float64 })
        {
            var target = tensor(new[] { 0.0, 0.25, 1 }).to(dtype);
            Near.Equal(
                [0.5, 0.25, -0.5],
                Near.Gradient(
                    x => Functional.binary_cross_entropy_with_logits(x, target, reduction: Reduction.Sum),
                    zeros(3, dtype)
                )
            );
        }
    }

    [Fact]
    public void The_weight_of_positives_can_be_learned()
    {
        using var scope = NewDisposeScope();
        var (logit, label) = (tensor(new[] { 1.0, -2 }), tensor(new[] { 1.0, 1 }));
        var gradient = Near.Gradient(
            w => Functional.binary_cross_entropy_with_logits(logit, label, null, Reduction.Sum, w),
            ones(1, float64)
        );
        Near.Equal(Math.Log(1 + Math.Exp(-1)) + Math.Log(1 + Math.Exp(2)), gradient);
    }

    [Fact]
    public void Probabilities_of_exactly_0_and_1_stay_finite_through_a_sigmoid()
    {
        using var scope = NewDisposeScope();
        var logit = tensor(new[] { -200f, 200f, -200f, 200f });
        var label = tensor(new[] { 1f, 0f, 0f, 1f });
        Near.Equal(
            [100, 100, 0, 0],
            Functional.binary_cross_entropy(logit.sigmoid(), label, reduction: Reduction.None)
        );
        var gradient = Near.Gradient(x => Functional.binary_cross_entropy(x.sigmoid(), label), logit);
        Assert.All(Near.Numbers(gradient), g => Assert.True(double.IsFinite(g)));
    }

    [Fact]
    public void A_wrong_and_certain_probability_is_pulled_back()
    {
        using var scope = NewDisposeScope();
        var label = tensor(new[] { 1f, 0f });
        var pull = Near.Numbers(
            Near.Gradient(x => Functional.binary_cross_entropy(x, label), tensor(new[] { 0f, 1f }))
        );
        Assert.True(pull[0] < -1e11 && pull[1] > 1e11, $"{pull[0]}, {pull[1]}");
    }

    [Theory]
    [InlineData(1.5)]
    [InlineData(-0.1)]
    [InlineData(double.NaN)]
    public void Logits_in_place_of_probabilities_are_refused(double value)
    {
        using var scope = NewDisposeScope();
        Near.Refused(() => Functional.binary_cross_entropy(full([2, 2], value), zeros(2, 2)), "BCELoss", "[0, 1]");
    }

    [Fact]
    public void Label_sets_are_the_mean_over_their_labels()
    {
        using var scope = NewDisposeScope();
        manual_seed(3);
        var (x, t) = (randn([5, 4], float64), rand([5, 4]).gt(0.5).to(float64));
        var weight = tensor(new[] { 1.0, 2, 3, 0.5 });
        var terms = Functional.binary_cross_entropy_with_logits(x, t, weight, Reduction.None);
        Near.Equal(terms.mean([1]), Functional.multilabel_soft_margin_loss(x, t, weight, Reduction.None));
        Near.Equal(terms.mean(), Functional.multilabel_soft_margin_loss(x, t, weight));
        Near.Equal(terms.mean([1]).sum(), Functional.multilabel_soft_margin_loss(x, t, weight, Reduction.Sum));
    }

    [Fact]
    public void Soft_margin_stays_finite_where_exp_does_not()
    {
        using var scope = NewDisposeScope();
        var far = tensor(new[] { -100f, 100f });
        var label = ones(2);
        Near.Equal([100, 0], Functional.soft_margin_loss(far, label, Reduction.None));
        Near.Equal([-1, 0], Near.Gradient(x => Functional.soft_margin_loss(x, label, Reduction.Sum), far));
    }
}
