namespace TorchLoss;

/// <summary>Which keys an anchor belongs to, and what its cross entropy is made of; receives the loss of each anchor.</summary>
/// <remarks>
/// With L⁻ the logsumexp of an anchor's negatives and P its positives: <c>Σ_p softplus(L⁻ − s_p)</c>, or, where positives stand in
/// the denominator too, <c>L − 1/|P| Σ_p s_p</c> with L over both.
/// </remarks>
sealed class Contrast
{
    /// <summary>The keys class by class, each class twice: so the others of a class are one span, whichever is left out.</summary>
    readonly int[] _keys;

    readonly (int From, int Count)[] _positives;

    Contrast(int[] keys, (int From, int Count)[] positives)
    {
        (_keys, _positives) = (keys, positives);
        Most = positives.Max(anchor => anchor.Count);
        Losses = new double[positives.Length];
        Active = new double[positives.Length];
    }

    /// <summary>Anchor i is key i, and is not held against itself.</summary>
    public bool SkipSelf { get; private init; }

    /// <summary>Positives stand in the denominator too, and an anchor's loss is the mean over them.</summary>
    public bool Joint { get; private init; }

    /// <summary>The score of each anchor with a positive that is no key; null where positives are keys.</summary>
    public float[]? Own { get; private init; }

    /// <summary>Receives the derivative by <see cref="Own"/>.</summary>
    public float[]? OfOwn { get; private init; }

    /// <summary>The loss of each anchor, summed over its pairs unless joint.</summary>
    public double[] Losses { get; }

    /// <summary>How many of its single losses are greater than 0.</summary>
    public double[] Active { get; }

    /// <summary>How many single losses there are: one for each anchor, or for each positive pair.</summary>
    public double Terms =>
        Joint || Own is not null ? _positives.Length : _positives.Sum(positives => (double)positives.Count);

    /// <summary>How many keys belong to an anchor at most.</summary>
    public int Most { get; }

    /// <summary>Whether there is any negative.</summary>
    public bool Opposed =>
        Own is not null || Array.Exists(_positives, p => p.Count < _keys.Length / 2 - (SkipSelf ? 1 : 0));

    /// <summary>The keys that belong to an anchor.</summary>
    public ReadOnlySpan<int> Positives(long anchor) => _keys.AsSpan(_positives[anchor].From, _positives[anchor].Count);

    /// <summary>Whether so many positives are held against negatives alone.</summary>
    /// <remarks>A single one gives the same either way, and so it keeps the digits of an anchor that is almost certain.</remarks>
    public bool Apart(int positives) => !Joint || positives <= 1;

    /// <summary>Every anchor has one positive, which is no key.</summary>
    public static Contrast WithOwn(float[] scores) =>
        new([], new (int, int)[scores.Length]) { Own = scores, OfOwn = new float[scores.Length] };

    /// <summary>Equal labels belong together.</summary>
    /// <param name="anchors">A label for each anchor.</param>
    /// <param name="keys">A label for each key.</param>
    /// <param name="skipSelf">Anchor i is key i.</param>
    /// <param name="joint">Positives stand in the denominator too.</param>
    public static Contrast ByLabels(
        ReadOnlySpan<long> anchors,
        ReadOnlySpan<long> keys,
        bool skipSelf = false,
        bool joint = false
    )
    {
        var classes = new Dictionary<long, List<int>>();
        var places = new int[keys.Length];
        for (var key = 0; key < keys.Length; key++)
        {
            if (!classes.TryGetValue(keys[key], out var members))
            {
                classes[keys[key]] = members = [];
            }

            places[key] = members.Count;
            members.Add(key);
        }

        var starts = new Dictionary<long, int>(classes.Count);
        var all = new int[2 * keys.Length];
        var next = 0;
        foreach (var (label, members) in classes)
        {
            starts[label] = next;
            members.CopyTo(all, next);
            members.CopyTo(all, next + members.Count);
            next += 2 * members.Count;
        }

        var positives = new (int, int)[anchors.Length];
        for (var anchor = 0; anchor < anchors.Length; anchor++)
        {
            if (classes.TryGetValue(anchors[anchor], out var members))
            {
                positives[anchor] = skipSelf
                    ? (starts[anchors[anchor]] + places[anchor] + 1, members.Count - 1)
                    : (starts[anchors[anchor]], members.Count);
            }
        }

        return new(all, positives) { SkipSelf = skipSelf, Joint = joint };
    }
}
