namespace TorchLoss.Training;

/// <summary>
/// Holds back one row of every few that are alike (twinning, Vakayil and Joseph 2022), so that both parts look like the whole
/// table. In a small table a part drawn blindly is a matter of luck: the same regression explains 30 to 60 % of diabetes.
/// </summary>
internal sealed class Twins(float[][] points, double share)
{
    readonly List<int> _free = [.. Enumerable.Range(0, points.Length)];
    readonly List<int> _train = [];
    readonly List<int> _validation = [];

    public Split Split(long seed)
    {
        var start = (int)Shuffle.Order(points.Length, seed, 0)[0];
        // The rarer part takes one row of each group.
        var (one, others) = share <= 0.5 ? (_validation, _train) : (_train, _validation);
        var size = 1 / Math.Min(share, 1 - share);
        for (var group = 1; _free.Count >= size; group++)
            start = Group(start, (int)Math.Floor(group * size) - (int)Math.Floor((group - 1) * size), one, others);
        _train.AddRange(_free);
        _train.Sort();
        _validation.Sort();
        return new(_train, _validation);
    }

    /// <summary>Deals out a row and those nearest to it; returns the row nearest to the last of them, to go on with.</summary>
    int Group(int start, int size, List<int> one, List<int> others)
    {
        int[] group = [start, .. Nearest(start, size)];
        one.Add(group[0]);
        others.AddRange(group[1..]);
        _free.RemoveAll(row => Array.IndexOf(group, row) >= 0);
        return _free.Count == 0 ? -1 : _free.MinBy(row => Distance(group[^1], row));
    }

    IEnumerable<int> Nearest(int start, int size) =>
        _free.Where(row => row != start).OrderBy(row => Distance(start, row)).Take(size - 1);

    float Distance(int one, int other)
    {
        var (a, b) = (points[one], points[other]);
        var sum = 0f;
        for (var i = 0; i < a.Length; i++)
            sum += (a[i] - b[i]) * (a[i] - b[i]);
        return sum;
    }
}
