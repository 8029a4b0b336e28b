namespace TorchLoss.Training;

/// <summary>The characters of some texts as numbers: 0 is the mark before the first and after the last character.</summary>
public sealed class Alphabet
{
    /// <summary>The mark at both ends of a text.</summary>
    public const int Edge = 0;

    /// <summary>The label of places behind the end, which no loss counts.</summary>
    public const long Ignored = -100;

    readonly char[] _characters;
    readonly Dictionary<char, int> _places;

    /// <summary>Takes the characters that occur, in order.</summary>
    public Alphabet(IEnumerable<string> texts)
    {
        _characters = [.. texts.SelectMany(text => text).Distinct().Order()];
        _places = _characters.Select((c, i) => (c, i)).ToDictionary(pair => pair.c, pair => pair.i + 1);
    }

    /// <summary>How many numbers there are, the mark included.</summary>
    public int Count => _characters.Length + 1;

    /// <summary>A text between two marks.</summary>
    /// <exception cref="ArgumentException">A character is not of this alphabet.</exception>
    public long[] Encode(string text) => [Edge, .. text.Select(Place), Edge];

    /// <summary>The text up to the first mark behind the one it may begin with.</summary>
    public string Decode(IEnumerable<long> numbers) =>
        new([.. numbers.SkipWhile(n => n == Edge).TakeWhile(n => n != Edge).Select(n => _characters[n - 1])]);

    /// <summary>
    /// Texts padded to the length of the longest: inputs (n, T) with marks behind the end, and labels (n, T) with
    /// <see cref="Ignored"/> there. Both are unshifted: a causal loss compares a place with the label of the next one.
    /// </summary>
    public TensorSet Set(IReadOnlyList<string> texts)
    {
        long[][] rows = [.. texts.Select(Encode)];
        var length = rows.Max(row => row.Length);
        Tensor Padded(long padding) =>
            tensor(
                rows.SelectMany(row => row.Concat(Enumerable.Repeat(padding, length - row.Length))).ToArray(),
                rows.Length,
                length
            );
        return new(Padded(Edge), Padded(Ignored));
    }

    int Place(char character) =>
        _places.TryGetValue(character, out var place)
            ? place
            : throw new ArgumentException($"'{character}' is not one of the {_characters.Length} characters");
}
