namespace TorchLoss.Training;

/// <summary>
/// Texts as rows of numbers without a vocabulary: each word and each run of characters falls into one of a fixed number of
/// buckets by its hash, and a bucket is 1 where something of the text fell into it. Upper and lower case are alike.
/// </summary>
/// <remarks>Weinberger, Dasgupta, Langford, Smola and Attenberg 2009, Feature Hashing, arXiv:0902.2206. Hash: FNV-1a.</remarks>
/// <param name="Buckets">How many buckets there are.</param>
/// <param name="Characters">The length of the runs of characters; 0 for words only.</param>
public sealed record HashedText(int Buckets, int Characters = 3)
{
    const uint Offset = 2166136261;
    const uint Prime = 16777619;

    /// <summary>The rows of texts, (n, <see cref="Buckets"/>) float32.</summary>
    /// <exception cref="ArgumentException">There is no bucket, or the length of runs is negative.</exception>
    public Tensor Encode(IReadOnlyList<string> texts)
    {
        if (Buckets < 1 || Characters < 0)
            throw new ArgumentException($"{Buckets} buckets and runs of {Characters} characters make no features");
        var rows = new float[texts.Count * Buckets];
        foreach (var (i, text) in texts.Index())
        {
            foreach (var feature in Features(text.ToLowerInvariant()))
                rows[i * Buckets + feature] = 1;
        }
        return tensor(rows, texts.Count, Buckets);
    }

    IEnumerable<int> Features(string text)
    {
        for (int start = 0, end; start < text.Length; start = end + 1)
        {
            for (end = start; end < text.Length && char.IsLetterOrDigit(text[end]); end++) { }
            if (end > start)
                yield return Bucket(text.AsSpan(start, end - start), 'w');
        }
        for (var i = 0; Characters > 0 && i + Characters <= text.Length; i++)
            yield return Bucket(text.AsSpan(i, Characters), 'c');
    }

    /// <summary>A word and a run of the same characters are two features: they begin with another letter.</summary>
    int Bucket(ReadOnlySpan<char> feature, char kind)
    {
        var hash = (Offset ^ kind) * Prime;
        foreach (var character in feature)
            hash = (hash ^ character) * Prime;
        return (int)(hash % (uint)Buckets);
    }
}
