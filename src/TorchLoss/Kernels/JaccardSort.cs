using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>Sorts by the upper half of whole numbers, those that are equal there in their order.</summary>
/// <remarks>
/// Three passes over 11 bits, the least significant first. Each spreads over few enough places for the caches, and equal keys
/// keep their order, so that the result depends on the numbers alone.
/// </remarks>
static unsafe class JaccardSort
{
    const int Digits = 3;
    const int Bits = 11;
    const int Buckets = 1 << Bits;

    /// <summary>Sorts upwards; the result lies in one of the two buffers.</summary>
    [SkipLocalsInit]
    public static ulong* Run(ulong* numbers, ulong* buffer, long count)
    {
        var places = stackalloc int[Digits * Buckets];
        new Span<int>(places, Digits * Buckets).Clear();
        Count(numbers, count, places);
        for (var digit = 0; digit < Digits; digit++)
        {
            if (Starts(places + digit * Buckets, count))
            {
                Scatter(numbers, buffer, count, places + digit * Buckets, 32 + digit * Bits);
                var sorted = buffer;
                buffer = numbers;
                numbers = sorted;
            }
        }

        return numbers;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Count(ulong* numbers, long count, int* places)
    {
        for (var i = 0L; i < count; i++)
        {
            var key = numbers[i] >> 32;
            places[key & (Buckets - 1)]++;
            places[Buckets + (key >> Bits & (Buckets - 1))]++;
            places[2 * Buckets + (key >> 2 * Bits)]++;
        }
    }

    /// <summary>From how many there are to where they begin; false where all are alike and nothing needs to move.</summary>
    static bool Starts(int* places, long count)
    {
        var next = 0;
        for (var i = 0; i < Buckets; i++)
        {
            if (places[i] == count)
            {
                return false;
            }

            (places[i], next) = (next, next + places[i]);
        }

        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Scatter(ulong* from, ulong* to, long count, int* places, int shift)
    {
        for (var i = 0L; i < count; i++)
        {
            var number = from[i];
            to[places[(int)(number >> shift) & (Buckets - 1)]++] = number;
        }
    }
}
