namespace TorchLoss.Training;

/// <summary>Steele, Lea and Flood's generator (2014): small, good enough for shuffling, the same everywhere.</summary>
internal struct SplitMix64(ulong state)
{
    const ulong Golden = 0x9e3779b97f4a7c15;

    ulong _state = state;

    /// <summary>A seed made from two numbers, such that neighbours have nothing in common.</summary>
    public static ulong Mix(long first, long second) =>
        Scramble(Scramble((ulong)first + Golden) ^ (ulong)second * Golden);

    public ulong Next() => Scramble(_state += Golden);

    /// <summary>A number from 0 to bound-1, each equally likely (Lemire 2019).</summary>
    public int Below(int bound)
    {
        var reject = (0ul - (ulong)bound) % (ulong)bound;
        while (true)
        {
            var high = Math.BigMul(Next(), (ulong)bound, out var low);
            if (low >= reject)
                return (int)high;
        }
    }

    /// <summary>A number from 0 up to, but not including, 1.</summary>
    public double NextDouble() => (Next() >> 11) * (1.0 / (1ul << 53));

    static ulong Scramble(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }
}
