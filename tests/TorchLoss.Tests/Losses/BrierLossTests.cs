using static TorchSharp.torch.nn;

namespace TorchLoss.Tests.Losses;

public class BrierLossTests
{
    [Fact]
    public void Equals_a_loop_with_ignored_and_weighted_positions()
    {
        manual_seed(7);
        var input = Numbers.Normal(4, 3);
        var target = tensor(new long[] { 1, -100, 0, 2 });
        double[] weight = [1, 5, 2, 0.5];
        var (sum, divisor) = (0.0, 0.0);
        foreach (var (x, i) in input.Rows().Select((x, i) => (x, i)).Where(r => r.i != 1))
        {
            var p = x.Select(v => Math.Exp(v - x.LogSumExp()));
            sum += weight[i] * p.Select((v, k) => Math.Pow(v - (k == target[i].item<long>() ? 1 : 0), 2)).Sum();
            divisor += weight[i];
        }

        var loss = functional.brier_loss(input, target, sample_weight: tensor(weight));

        Assert.Equal(sum / divisor, loss.Value(), 12);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 2)]
    public void Certainty_costs_nothing_or_two(long target, double expected)
    {
        var loss = functional.brier_loss(
            tensor(
                new float[,]
                {
                    { 1e4f, 0, 0 },
                }
            ),
            tensor(new[] { target })
        );

        Assert.Equal(expected, loss.Value(), 6);
    }

    [Fact]
    public void Nothing_but_ignored_positions_gives_zero_in_the_graph()
    {
        var input = randn(2, 3).requires_grad_();

        var loss = functional.brier_loss(input, full(2, -100, dtype: ScalarType.Int64));
        loss.backward();

        Assert.Equal(0, loss.Value());
        Assert.Equal(0, input.grad!.abs().sum().Value());
    }
}
