namespace TorchLoss.Tests.Parts;

/// <summary>Reducers on a pair matrix with multiplicities, against numbers worked out by hand.</summary>
public class ReducerTests
{
    // anchor 0: losses 1 (twice) and 3; anchor 1: loss 0; anchor 2: none
    static SubLoss Pairs() =>
        new(
            tensor(
                    new[,]
                    {
                        { 1.0, 3, 9 },
                        { 9, 0, 9 },
                        { 9, 9, 9 },
                    }
                )
                .requires_grad_(),
            tensor([2L, 0, 1])
        )
        {
            Counts = tensor(
                new[,]
                {
                    { 2L, 1, 0 },
                    { 0, 1, 0 },
                    { 0, 0, 0 },
                }
            ),
            Divisor = tensor(10L),
        };

    static readonly Dictionary<string, (Reducer Reducer, double Value)> Expected = new(StringComparer.Ordinal)
    {
        ["mean"] = (new MeanReducer(), 5.0 / 4),
        ["sum"] = (new SumReducer(), 5),
        ["non-zero"] = (new AvgNonZeroReducer(), 5.0 / 3),
        ["threshold"] = (new ThresholdReducer(low: 0.5, high: 2), 1),
        ["nothing passes"] = (new ThresholdReducer(low: 50), 0),
        ["divisor"] = (new DivisorReducer(), 0.5),
        ["per anchor"] = (new PerAnchorReducer(), (2.0 + 0 + 0) / 3),
        ["per anchor, non-zero"] = (new PerAnchorReducer(new AvgNonZeroReducer()), 2),
        ["class weights"] = (new ClassWeightedReducer([5, 1, 10]), 50.0 / 4),
    };

    public static TheoryData<string> All => [.. Expected.Keys];

    [Theory, MemberData(nameof(All))]
    public void Reduces_as_by_hand(string name)
    {
        var losses = Pairs();

        var value = Expected[name].Reducer.Reduce(losses);
        value.backward();

        Assert.Equal(Expected[name].Value, value.item<double>(), 12);
        Assert.Equal(0, losses.Values.grad![2].abs().sum().item<double>());
    }

    [Fact]
    public void Nothing_keeps_each_pair_as_often_as_it_occurs()
    {
        Assert.Equal([1, 1, 3, 0], new DoNothingReducer().Reduce(Pairs()).data<double>().ToArray());
    }

    [Fact]
    public void Threshold_needs_a_bound() => Assert.Throws<ArgumentException>(() => new ThresholdReducer());
}
