namespace TorchLoss.Training;

/// <summary>Orders that depend on nothing but their numbers: not on torch's generators, the platform or what ran before.</summary>
public static class Shuffle
{
    /// <summary>The order of the samples in an epoch.</summary>
    /// <param name="count">How many samples there are.</param>
    /// <param name="seed">The seed of the run.</param>
    /// <param name="epoch">The epoch, counted from 0.</param>
    /// <returns>Each of 0 .. count-1 once.</returns>
    public static long[] Order(int count, long seed, long epoch)
    {
        var order = new long[count];
        for (var i = 0; i < count; i++)
            order[i] = i;
        var random = new SplitMix64(SplitMix64.Mix(seed, epoch));
        for (var i = count - 1; i > 0; i--)
        {
            var j = random.Below(i + 1);
            (order[i], order[j]) = (order[j], order[i]);
        }
        return order;
    }
}
