namespace TorchLoss.Training.Tests;

public class HashedTextTests
{
    [Fact]
    public void Words_count_once_whatever_their_case_and_order()
    {
        using var rows = new HashedText(1 << 12, 0).Encode(["Free money", "MONEY, free! free", "", "other"]);
        using var sums = rows.sum(dim: 1);

        Assert.Equal([4, 1 << 12], rows.shape);
        Assert.Equal([2f, 2, 0, 1], sums.data<float>().ToArray());
        using var gap = (rows[0] - rows[1]).abs().max();
        Assert.Equal(0, gap.ToSingle());
    }

    [Fact]
    public void Runs_of_characters_are_features_beside_words()
    {
        using var rows = new HashedText(1 << 12).Encode(["abcd", "ab"]);
        using var sums = rows.sum(dim: 1);

        Assert.Equal([3f, 1], sums.data<float>().ToArray()); // abcd, abc, bcd; ab
        Assert.Throws<ArgumentException>(() => new HashedText(0).Encode(["a"]));
    }
}
