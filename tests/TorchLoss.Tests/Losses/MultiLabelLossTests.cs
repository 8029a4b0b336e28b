using static TorchSharp.torch.nn;

namespace TorchLoss.Tests.Losses;

/// <summary>Multi-label losses at labels of exactly 0 and 1, without positives, and where logits are large.</summary>
public class MultiLabelLossTests
{
    static readonly Tensor None = zeros(2, 3);

    [Fact]
    public void Soft_labels_count_to_both_sums()
    {
        var x = tensor(
            new[,]
            {
                { 0.5, -1, 2 },
            }
        );
        var y = tensor(
            new[,]
            {
                { 0.3, 1, 0 },
            }
        );
        var expected =
            Math.Log(1 + 0.7 * Math.Exp(0.5) + Math.Exp(2)) + Math.Log(1 + 0.3 * Math.Exp(-0.5) + Math.Exp(1));

        Assert.Equal(expected, functional.zlpr_loss(x, y).Value(), 12);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Large_logits_stay_exact(int label)
    {
        var x = tensor(
            new[,]
            {
                { 800f, -800f },
            }
        );
        var y = full(1, 2, (float)label);

        Assert.Equal(800, functional.zlpr_loss(x, y).Value(), 2);
        Assert.True(Numbers.Gradient(x, s => functional.zlpr_loss(s, y)).isfinite().all().item<bool>());
        Assert.True(Numbers.Gradient(x, s => functional.hill_loss(s, y)).isfinite().all().item<bool>());
        Assert.Equal(label == 1 ? 801 : 0.5, functional.hill_loss(x, y).Value(), 2);
    }

    [Fact]
    public void Two_ways_need_a_positive()
    {
        var logits = randn(2, 3).requires_grad_();
        var loss = functional.two_way_loss(logits, None);
        loss.backward();

        Assert.Equal(0, loss.Value());
        Assert.True(logits.grad!.eq(0).all().item<bool>());
    }

    [Fact]
    public void Two_ways_are_rows_and_columns()
    {
        var x = tensor(
            new[,]
            {
                { 1.0, -2 },
                { 0.5, 3 },
            }
        );
        var y = tensor(
            new[,]
            {
                { 1.0, 0 },
                { 0, 0 },
            }
        );
        double Term(double positive, double negative) => Numbers.Softplus(negative / 1.0 - positive);

        // one row with a positive, one column with a positive; one positive and one negative each
        Assert.Equal(Term(1, -2) + Term(1, 0.5), functional.two_way_loss(x, y).Value(), 12);
    }

    [Fact]
    public void Missed_labels_are_corrected_after_the_warm_up()
    {
        var x = tensor(new[] { 2.0, -2 });
        var y = zeros(2, dtype: float64);
        var before = functional.splc_loss(x, y, gamma: 0, epoch: 0);
        var after = functional.splc_loss(x, y, gamma: 0, epoch: 1);

        Assert.Equal(Numbers.Softplus(2) + Numbers.Softplus(-2), before.Value(), 12);
        Assert.Equal(Numbers.Softplus(-2) * 2, after.Value(), 12);
    }

    [Fact]
    public void A_label_that_is_found_costs_nothing_and_one_that_is_made_up_all()
    {
        var x = tensor(
            new[,]
            {
                { 50f, 50f },
                { -50f, 50f },
            }
        );
        var y = tensor(
            new[,]
            {
                { 1f, 0f },
                { 0f, 0f },
            }
        );

        Assert.Equal(0.5, functional.soft_f1_loss(x, y).Value(), 6);
    }
}
