using TorchLoss.Training;

namespace TorchLoss.Cli.Applications;

/// <summary>What counting says of the next character: the baselines of a language model.</summary>
sealed class CharacterCounts
{
    /// <summary>What is added to each count, so that what was never seen is not impossible.</summary>
    const double Smoothing = 0.5;

    readonly double[,] _pairs;

    /// <summary>Counts the characters of texts and which follows which.</summary>
    public CharacterCounts(Alphabet alphabet, IEnumerable<string> texts)
    {
        _pairs = new double[alphabet.Count, alphabet.Count];
        foreach (var row in texts.Select(alphabet.Encode))
        {
            for (var i = 1; i < row.Length; i++)
            {
                _pairs[row[i - 1], row[i]]++;
            }
        }
    }

    /// <summary>Perplexity of other texts, the next character taken by its frequency alone.</summary>
    public double Unigram(Alphabet alphabet, IEnumerable<string> texts)
    {
        var all = Enumerable.Range(0, alphabet.Count);
        double[] counts = [.. all.Select(next => all.Sum(last => _pairs[last, next]))];
        return Perplexity(alphabet, texts, (_, next) => Share(counts, next));
    }

    /// <summary>Perplexity of other texts, the next character taken by the one before.</summary>
    public double Bigram(Alphabet alphabet, IEnumerable<string> texts)
    {
        var all = Enumerable.Range(0, alphabet.Count);
        double[][] counts = [.. all.Select(last => all.Select(next => _pairs[last, next]).ToArray())];
        return Perplexity(alphabet, texts, (last, next) => Share(counts[last], next));
    }

    static double Share(double[] counts, long next) =>
        (counts[next] + Smoothing) / (counts.Sum() + (Smoothing * counts.Length));

    static double Perplexity(Alphabet alphabet, IEnumerable<string> texts, Func<long, long, double> p) =>
        Math.Exp(
            texts.Select(alphabet.Encode).SelectMany(row => row.Zip(row.Skip(1), p)).Average(share => -Math.Log(share))
        );
}
