using static TorchSharp.torch.nn;

namespace TorchLoss.Tests.Losses;

public class CornLossTests
{
    static readonly Tensor Labels = tensor(new long[] { 3, 0, 1, 2 });

    [Fact]
    public void Equals_a_loop_over_the_questions_that_are_asked()
    {
        manual_seed(6);
        var logits = Numbers.Normal(4, 3);
        var answers = (
            from sample in logits.Rows().Zip(Labels.data<long>().ToArray())
            from k in Enumerable.Range(0, 3)
            where sample.Second >= k
            select Numbers.Softplus(sample.Second > k ? -sample.First[k] : sample.First[k])
        ).ToList();

        Assert.Equal(answers.Average(), functional.corn_loss(logits, Labels, 4).Value(), 12);
        Assert.Equal(answers.Sum(), functional.corn_loss(logits, Labels, reduction: Reduction.Sum).Value(), 12);
    }

    [Fact]
    public void Probabilities_of_all_classes_add_up_to_1_and_are_the_products_of_the_answers()
    {
        manual_seed(6);
        var logits = Numbers.Normal(4, 3);

        var probabilities = CornLoss.Probabilities(logits);

        Assert.All(probabilities.Rows(), row => Assert.Equal(1, row.Sum(), 12));
        var first = logits.Rows()[0].Select(Numbers.Sigmoid).ToArray();
        Assert.Equal(first[0] * first[1] * (1 - first[2]), probabilities.Rows()[0][2], 12);
    }

    [Fact]
    public void A_no_ends_the_chain_whatever_comes_later()
    {
        var logits = tensor(
            new[,]
            {
                { 5.0, -5.0, 5.0 },
                { -5.0, 5.0, 5.0 },
                { 5.0, 5.0, 5.0 },
                { 0.1, 0.1, 9.0 },
            }
        );

        var predicted = CornLoss.Predict(logits);

        // the last one: 0.52 is above a half, 0.52 * 0.52 is not
        Assert.Equal(ScalarType.Int64, predicted.dtype);
        Assert.Equal([1, 0, 3, 1], predicted.Values());
    }

    [Fact]
    public void An_empty_batch_is_a_connected_zero()
    {
        var logits = zeros(0, 3).requires_grad_();

        var loss = functional.corn_loss(logits, zeros(0, dtype: ScalarType.Int64), 4);
        loss.backward();

        Assert.Equal(0, loss.Value());
    }

    [Fact]
    public void The_number_of_classes_must_fit() =>
        Assert.Contains(
            "num_classes",
            Assert.Throws<ArgumentException>(() => functional.corn_loss(zeros(4, 3), Labels, 5)).Message,
            StringComparison.Ordinal
        );
}
