using System.Text;

namespace TorchLoss.Mutations;

/// <summary>Ways in which a file is spoilt, by accident or on purpose.</summary>
static class Mutation
{
    static readonly string[] _numbers =
    [
        "-1",
        "0",
        "1e999",
        "-1e308",
        "1e300",
        "0.5",
        "NaN",
        "null",
        "\"\"",
        "[]",
        "{}",
        "true",
        "2147483648",
        "4294967296",
        "9223372036854775807",
        "-9223372036854775808",
        "18446744073709551616",
        "99999999999999999999999999",
    ];

    static readonly (string Name, Func<byte[], Random, byte[]> Spoil)[] _ways =
    [
        ("truncated", (bytes, random) => bytes[..random.Next(bytes.Length)]),
        ("bits flipped", Flip),
        ("header length forged", Length),
        ("number forged", Number),
        ("number forged", Number),
        ("bytes forged", Bytes),
        ("piece cut out", Cut),
        ("piece doubled", Double),
        ("pieces swapped", Swap),
        ("nested deeply", Nest),
        ("appended to", (bytes, random) => [.. bytes, .. Some(random, random.Next(1, 100))]),
    ];

    /// <summary>A spoilt copy, and what was done to it.</summary>
    public static (string How, byte[] Bytes) Apply(byte[] original, Random random)
    {
        var (name, spoil) = _ways[random.Next(_ways.Length)];
        return (name, spoil(original, random));
    }

    static byte[] Flip(byte[] bytes, Random random)
    {
        var copy = bytes.ToArray();
        for (var i = random.Next(1, 9); i > 0; i--)
            copy[random.Next(copy.Length)] ^= (byte)(1 << random.Next(8));
        return copy;
    }

    static byte[] Length(byte[] bytes, Random random)
    {
        var lengths = new[]
        {
            0,
            1,
            -1,
            long.MaxValue,
            long.MinValue,
            bytes.Length,
            bytes.Length - 8,
            1L << 40,
            99_999_999,
        };
        var forged = BitConverter.GetBytes(lengths[random.Next(lengths.Length)]);
        return bytes.Length < 8 ? forged : [.. forged, .. bytes[8..]];
    }

    /// <summary>Puts another number, or something else, in the place of a number in a text.</summary>
    static byte[] Number(byte[] bytes, Random random)
    {
        static bool IsDigit(byte value) => value is >= (byte)'0' and <= (byte)'9' or (byte)'.' or (byte)'-';
        var start = Array.FindIndex(
            bytes,
            random.Next(3) == 0 ? random.Next(bytes.Length) : Line(bytes, random),
            IsDigit
        );
        if (start < 0)
            return Flip(bytes, random);
        var end = start;
        while (end < bytes.Length && IsDigit(bytes[end]))
            end++;
        return [.. bytes[..start], .. Encoding.UTF8.GetBytes(_numbers[random.Next(_numbers.Length)]), .. bytes[end..]];
    }

    /// <summary>Where some line begins: one long line must not draw all mutations to itself.</summary>
    static int Line(byte[] bytes, Random random)
    {
        int[] starts = [0, .. Enumerable.Range(1, bytes.Length - 1).Where(i => bytes[i - 1] == '\n')];
        return starts[random.Next(starts.Length)];
    }

    static byte[] Bytes(byte[] bytes, Random random)
    {
        var copy = bytes.ToArray();
        var (start, count) = Piece(bytes, random);
        Some(random, count).CopyTo(copy, start);
        return copy;
    }

    static byte[] Cut(byte[] bytes, Random random)
    {
        var (start, count) = Piece(bytes, random);
        return [.. bytes[..start], .. bytes[(start + count)..]];
    }

    static byte[] Double(byte[] bytes, Random random)
    {
        var (start, count) = Piece(bytes, random);
        return [.. bytes[..(start + count)], .. bytes[start..]];
    }

    static byte[] Swap(byte[] bytes, Random random)
    {
        var copy = bytes.ToArray();
        var size = Math.Min(random.Next(1, 20), bytes.Length / 2);
        var one = random.Next(bytes.Length / 2 - size + 1);
        var other = bytes.Length / 2 + random.Next(bytes.Length / 2 - size + 1);
        bytes.AsSpan(one, size).CopyTo(copy.AsSpan(other));
        bytes.AsSpan(other, size).CopyTo(copy.AsSpan(one));
        return copy;
    }

    static byte[] Nest(byte[] bytes, Random random)
    {
        var at = random.Next(bytes.Length);
        var open = Enumerable.Repeat((byte)(random.Next(2) == 0 ? '[' : '{'), 1 << random.Next(4, 17));
        return [.. bytes[..at], .. open, .. bytes[at..]];
    }

    static (int Start, int Count) Piece(byte[] bytes, Random random)
    {
        var start = random.Next(bytes.Length);
        return (start, Math.Min(random.Next(1, 30), bytes.Length - start));
    }

    static byte[] Some(Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }
}
