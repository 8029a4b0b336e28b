namespace TorchLoss.Tests.Losses.Audio;

/// <summary>Permutations: all of them tried, sources in any order, the gradient of the chosen one alone.</summary>
public class PITLossTests
{
    static readonly int[][] OrdersOfFour = [.. Orders([0, 1, 2, 3])];

    static IEnumerable<int[]> Orders(int[] items) =>
        items.Length == 0
            ?
            [
                [],
            ]
            : items.SelectMany(i => Orders([.. items.Where(j => j != i)]).Select(rest => (int[])[i, .. rest]));

    static Tensor Sources(int seed, params long[] shape)
    {
        manual_seed(seed);
        return randn(shape, dtype: ScalarType.Float64);
    }

    [Theory]
    [InlineData(SeparationCriterion.Mse)]
    [InlineData(SeparationCriterion.Snr)]
    [InlineData(SeparationCriterion.Sisdr)]
    public void Is_the_best_of_all_permutations(SeparationCriterion criterion)
    {
        var (x, y) = (Sources(1, 5, 4, 9), Sources(2, 5, 4, 9));
        Tensor One(Tensor a, Tensor b) =>
            criterion switch
            {
                SeparationCriterion.Mse => (a - b).square().mean([-1]),
                SeparationCriterion.Snr => nn.functional.snr_loss(a, b, reduction: Reduction.None),
                _ => nn.functional.si_sdr_loss(a, b, reduction: Reduction.None),
            };
        var each = OrdersOfFour.Select(o =>
            One(x, y.index_select(1, tensor(o.Select(i => (long)i).ToArray()))).mean([1])
        );
        var expected = stack([.. each]).min(0).values;

        var losses = nn.functional.pit_loss(x, y, criterion, reduction: Reduction.None);

        Assert.Equal(expected.Values(), losses.Values(), (a, b) => Math.Abs(a - b) < 1e-10);
    }

    [Fact]
    public void Ten_sources_in_any_order_are_found()
    {
        var y = Sources(3, 2, 10, 20);
        var order = tensor([7L, 2, 9, 0, 1, 8, 3, 6, 4, 5]);

        Assert.Equal(0, nn.functional.pit_loss(y.index_select(1, order), y, SeparationCriterion.Mse).Value());
    }

    [Fact]
    public void A_signal_without_sources_is_refused()
    {
        var e = Assert.Throws<ArgumentException>(() => nn.functional.pit_loss(zeros(2, 0, 5), zeros(2, 0, 5)));

        Assert.Contains("must have a source", e.Message, StringComparison.Ordinal);
    }
}
