namespace TorchLoss.Training.Tests;

public class SeriesWindowsTests
{
    static readonly double[] _series = [.. Enumerable.Range(0, 10).Select(i => (double)i)];

    [Fact]
    public void A_window_is_followed_by_its_targets_and_stays_in_its_part()
    {
        using var set = new SeriesWindows(3, 2).Cut(_series, 5, 9);

        Assert.Equal([2f, 3, 4, 3, 4, 5, 4, 5, 6], set.Inputs.data<float>().ToArray());
        Assert.Equal([5f, 6, 6, 7, 7, 8], set.Targets.data<float>().ToArray());
    }

    [Fact]
    public void The_first_window_waits_until_its_past_is_complete()
    {
        using var set = new SeriesWindows(3, 2).Cut(_series, 0, 10, stride: 4);

        Assert.Equal([0f, 1, 2, 4, 5, 6], set.Inputs.data<float>().ToArray());
    }

    [Fact]
    public void Gaps_and_parts_that_are_too_short_are_refused()
    {
        double[] gap = [0, 1, double.NaN, 3, 4];
        Assert.Contains("value 2", Refused(() => new SeriesWindows(2, 1).Cut(gap, 0, 5)));
        Assert.Contains("no window", Refused(() => new SeriesWindows(3, 2).Cut(_series, 9, 10)));
        Assert.Contains("outside", Refused(() => new SeriesWindows(3, 2).Cut(_series, 0, 11)));
        Assert.Contains("positive", Refused(() => new SeriesWindows(0, 2).Cut(_series, 0, 10)));
        Assert.Contains("no value", Refused(() => SeriesWindows.FillGaps([double.NaN])));
    }

    [Fact]
    public void Gaps_are_filled_by_straight_lines_and_at_the_ends_by_the_nearest_value()
    {
        var filled = SeriesWindows.FillGaps([double.NaN, 1, double.NaN, double.NaN, 4, double.NaN]);

        Assert.Equal([1, 1, 2, 3, 4, 4], filled);
    }

    [Fact]
    public void A_forecast_rises_with_its_window()
    {
        using var scope = torch.NewDisposeScope();
        using var model = new WindowForecaster(new(3, 2), 10, [4], quantiles: 5, seed: 1);
        var input = torch.tensor(new float[] { 1, 2, 4 }, 1, 3);

        var (low, high) = (model.call(input), model.call(input + 100));

        Assert.Equal([1, 2, 5], low.shape);
        Assert.True((high - low - 100).abs().max().ToSingle() < 1e-4);
        Assert.Throws<ArgumentException>(() => new WindowForecaster(new(3, 2), 0, []));
    }

    static string Refused(Action act) => Assert.Throws<ArgumentException>(act).Message;
}
