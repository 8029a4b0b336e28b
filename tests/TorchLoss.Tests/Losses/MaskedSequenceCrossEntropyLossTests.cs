using static TorchSharp.torch.nn;

namespace TorchLoss.Tests.Losses;

public class MaskedSequenceCrossEntropyLossTests
{
    [Fact]
    public void Averages_equal_loops()
    {
        manual_seed(13);
        var logits = Numbers.Normal(3, 3, 4);
        var targets = randint(0, 4, [3, 3], dtype: ScalarType.Int64);
        var mask = tensor(
            new[,]
            {
                { true, true, false },
                { false, false, false },
                { true, true, true },
            }
        );
        var rows = logits.view(9, 4).Rows();
        var losses = rows.Select((x, i) => mask.Values()[i] * (x.LogSumExp() - x[(int)targets.Values()[i]])).ToArray();
        double Mean(int b, int count) => losses[(3 * b)..(3 * b + 3)].Sum() / count;
        Tensor By(SequenceAverage average) =>
            functional.masked_sequence_cross_entropy_loss(logits, targets, average, mask: mask);

        Assert.Equal(losses.Sum() / 5, By(SequenceAverage.Token).Value(), 12);
        Assert.Equal((Mean(0, 2) + Mean(2, 3)) / 2, By(SequenceAverage.Batch).Value(), 12);
        Assert.All(
            By(SequenceAverage.Sequence).Values().Zip([Mean(0, 2), 0, Mean(2, 3)]),
            v => Assert.Equal(v.Second, v.First, 12)
        );
        Assert.All(By(SequenceAverage.None).Values().Zip(losses), v => Assert.Equal(v.Second, v.First, 12));
    }

    [Fact]
    public void A_masked_token_may_hold_anything()
    {
        var mask = tensor(
            new long[,]
            {
                { 1, 0 },
            }
        );
        var targets = tensor(
            new long[,]
            {
                { 2, 999 },
            }
        );
        var logits = Numbers.Normal(1, 2, 3);
        logits[0, 1] = double.NaN;
        Tensor Loss(Tensor x) => functional.masked_sequence_cross_entropy_loss(x, targets, mask: mask);

        Assert.Equal(functional.cross_entropy(logits[0, ..1], targets[0, ..1]).Value(), Loss(logits).Value(), 12);
        Assert.True(Numbers.Gradient(logits, Loss)[0, 0].isfinite().all().item<bool>());
    }

    [Fact]
    public void Without_mask_all_tokens_count_and_ignored_ones_do_not()
    {
        var logits = Numbers.Normal(2, 2, 3);
        var targets = tensor(
            new long[,]
            {
                { 2, 0 },
                { 1, -100 },
            }
        );

        var loss = functional.masked_sequence_cross_entropy_loss(logits, targets, label_smoothing: 0.2);
        var flat = functional.cross_entropy(logits.view(4, 3), targets.view(4), label_smoothing: 0.2);

        Assert.Equal(flat.Value(), loss.Value(), 12);
    }

    [Fact]
    public void A_target_out_of_range_is_refused_unless_masked() =>
        Assert.Contains(
            "targets",
            Assert
                .Throws<ArgumentException>(() =>
                    functional.masked_sequence_cross_entropy_loss(zeros(1, 1, 3), full(1, 1, 3L))
                )
                .Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void A_floating_mask_is_refused() =>
        Assert.Throws<ArgumentException>(() =>
            functional.masked_sequence_cross_entropy_loss(
                zeros(1, 1, 3),
                zeros(1, 1, dtype: ScalarType.Int64),
                mask: ones(1, 1)
            )
        );
}
