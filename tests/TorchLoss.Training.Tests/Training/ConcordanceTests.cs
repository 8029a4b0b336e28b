namespace TorchLoss.Training.Tests;

public class ConcordanceTests
{
    [Fact]
    public void Early_events_ought_to_have_high_risks()
    {
        Assert.Equal(1, Concordance.Index([3, 2, 1], [1, 2, 3]));
        Assert.Equal(0, Concordance.Index([1, 2, 3], [1, 2, 3]));
        Assert.Equal(0.5, Concordance.Index([1, 1, 1], [1, 2, 3]));
    }

    [Fact]
    public void Only_pairs_whose_order_is_known_count()
    {
        // The first was lost at 1, so only (2, 3) and (2, 4) of the second, and (3, 4) are known.
        Assert.Equal(2 / 3.0, Concordance.Index([9, 3, 1, 2], [1, 2, 3, 4], [false, true, true, true]), 1e-12);
        // Lost at the time of the other's event: outlived it.
        Assert.Equal(1, Concordance.Index([2, 1], [1, 1], [true, false]));
        Assert.True(double.IsNaN(Concordance.Index([2, 1], [1, 1])));
        Assert.Throws<ArgumentException>(() => Concordance.Index([1], [1, 2]));
    }
}
