namespace TorchLoss.Training;

/// <summary>Which rows train and which are held back; a pure function of its arguments.</summary>
/// <param name="Train">The rows to train on, in rising order.</param>
/// <param name="Validation">The rows held back, in rising order.</param>
public sealed record Split(IReadOnlyList<int> Train, IReadOnlyList<int> Validation)
{
    /// <summary>Holds back the same share of every class. A class with a single row stays in the training part.</summary>
    public static Split ByClass(IReadOnlyList<int> classes, double share, long seed)
    {
        var order = Shuffle.Order(classes.Count, seed, 0);
        return ByStrata([.. order.GroupBy(row => classes[(int)row]).OrderBy(group => group.Key)], share);
    }

    /// <summary>
    /// Holds back a share of small, middling and large targets alike: the rows are sorted by target and cut into short pieces,
    /// of each of which about two rows are held back, so that both parts see the same distribution.
    /// </summary>
    public static Split ByTarget(IReadOnlyList<double> targets, double share, long seed)
    {
        var order = Shuffle.Order(targets.Count, seed, 0);
        var pieces = Math.Max(1, (int)(targets.Count * Math.Min(share, 1 - share) / 2));
        var piece = new int[targets.Count];
        var sorted = order.OrderBy(row => targets[(int)row]).ToArray();
        for (var i = 0; i < sorted.Length; i++)
            piece[sorted[i]] = (int)((long)pieces * i / sorted.Length);
        return ByStrata([.. order.GroupBy(row => piece[row]).OrderBy(group => group.Key)], share);
    }

    /// <summary>
    /// Holds back one row of every few that are alike in inputs and target, so that both parts look like the whole. Takes time in
    /// the square of the rows.
    /// </summary>
    /// <param name="points">Inputs and target of each row, on comparable scales.</param>
    /// <param name="share">The share to hold back.</param>
    /// <param name="seed">Decides where to begin.</param>
    public static Split ByTwins(float[][] points, double share, long seed) => new Twins(points, share).Split(seed);

    /// <summary>Takes from each part so many rows that the sum of those taken stays as close to the share as it can.</summary>
    static Split ByStrata(IReadOnlyList<IEnumerable<long>> strata, double share)
    {
        var validation = new List<int>();
        var train = new List<int>();
        var owed = 0.0;
        foreach (var rows in strata.Select(stratum => stratum.Select(row => (int)row).ToArray()))
        {
            owed += rows.Length * share;
            var take = Math.Clamp((int)Math.Round(owed), 0, Math.Max(0, rows.Length - 1));
            owed -= take;
            validation.AddRange(rows[..take]);
            train.AddRange(rows[take..]);
        }
        train.Sort();
        validation.Sort();
        return new(train, validation);
    }
}
