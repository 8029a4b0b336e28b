using static TorchSharp.torch.nn;

namespace TorchLoss.Tests.Losses;

public class TokenLossTests
{
    [Fact]
    public void A_position_predicts_the_next_label_and_the_first_is_not_read()
    {
        manual_seed(1);
        var logits = Numbers.Normal(2, 4, 5);
        var labels = tensor(
            new long[,]
            {
                { 99, 1, 2, -100 },
                { -7, 0, 4, 3 },
            }
        );
        var log_p = logits.log_softmax(2).Values();
        var expected = -new[] { (0, 0, 1), (0, 1, 2), (1, 0, 0), (1, 1, 4), (1, 2, 3) }.Average(p =>
            log_p[p.Item1 * 20 + p.Item2 * 5 + p.Item3]
        );

        Assert.Equal(expected, functional.causal_lm_loss(logits, labels).Value(), 12);
        Assert.Equal(expected * 5 / 8, functional.causal_lm_loss(logits, labels, num_items_in_batch: 8).Value(), 12);
    }

    [Fact]
    public void Accumulated_steps_add_up_to_one_large_batch()
    {
        manual_seed(2);
        var logits = Numbers.Normal(2, 6, 5);
        var labels = tensor(
            new long[,]
            {
                { 0, 1, -100, -100, -100, -100 },
                { 0, 1, 2, 3, 4, 0 },
            }
        );
        double Step(int row) =>
            functional
                .causal_lm_loss(logits.narrow(0, row, 1), labels.narrow(0, row, 1), num_items_in_batch: 6)
                .Value();

        Assert.Equal(functional.causal_lm_loss(logits, labels).Value(), Step(0) + Step(1), 12);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Without_targets_the_loss_is_0_and_in_the_graph(long length)
    {
        var labels = full(2, length, -100, dtype: ScalarType.Int64);
        var gradient = Numbers.Gradient(Numbers.Normal(2, length, 5), x => functional.causal_lm_loss(x, labels));

        Assert.All(gradient.Values(), g => Assert.Equal(0, g));
    }

    [Fact]
    public void A_label_outside_of_the_vocabulary_is_refused() =>
        Assert.Throws<ArgumentException>(() =>
            functional.causal_lm_loss(
                zeros(1, 2, 3),
                tensor(
                    new long[,]
                    {
                        { 0, 3 },
                    }
                )
            )
        );

    [Fact]
    public void Fairseq_leaves_the_target_1_less_epsilon()
    {
        manual_seed(3);
        var logits = Numbers.Normal(3, 4);
        var target = tensor(new long[] { 0, 2, 3 });
        var log_p = logits.log_softmax(1).Rows();
        double[] rows =
        [
            .. new[] { 0, 2, 3 }.Select((y, i) => -log_p[i].Select((l, k) => (k == y ? 0.7 : 0.1) * l).Sum()),
        ];

        var loss = functional.label_smoothed_cross_entropy_loss(
            logits,
            target,
            epsilon: 0.3,
            reduction: Reduction.None
        );

        Assert.All(loss.Values().Zip(rows), p => Assert.Equal(p.Second, p.First, 12));
    }

    [Fact]
    public void A_vocabulary_of_one_costs_nothing() =>
        Assert.Equal(
            0,
            functional
                .label_smoothed_cross_entropy_loss(zeros(2, 1), zeros(2, dtype: ScalarType.Int64), ignore_index: -1)
                .Value()
        );
}
