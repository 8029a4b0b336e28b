using System.Diagnostics;
using System.Globalization;

namespace TorchLoss.Benchmarks;

/// <summary>The time of one variant.</summary>
/// <param name="Name">What was run.</param>
/// <param name="Median">Median over the rounds, in microseconds a call.</param>
/// <param name="Best">Best round.</param>
/// <param name="Speedup">Median over the rounds of (first variant's time / this one's) in the same round.</param>
sealed record Timing(string Name, double Median, double Best, double Speedup);

/// <summary>Compares variants fairly on a busy machine.</summary>
/// <remarks>
/// Every round times each variant once, in alternating order, so that a neighbour's load falls on all of them alike. Speed-ups are
/// medians of ratios within a round, not ratios of medians.
/// </remarks>
static class Interleaved
{
    const double LongEnough = 25_000;
    const int Rounds = 15;

    /// <summary>Times the variants and prints a table; the first is what the others are compared with.</summary>
    public static IReadOnlyList<Timing> Compare(string title, params (string Name, Action Run)[] variants) =>
        Compare(title, Rounds, variants);

    /// <summary>The same in a number of rounds.</summary>
    public static IReadOnlyList<Timing> Compare(string title, int rounds, params (string Name, Action Run)[] variants)
    {
        var repeats = variants.Select(variant => Repeats(variant.Run)).ToArray();
        var times = variants.Select(_ => new double[rounds]).ToArray();
        for (var round = 0; round < rounds; round++)
        {
            for (var k = 0; k < variants.Length; k++)
            {
                var i = round % 2 == 0 ? k : variants.Length - 1 - k;
                times[i][round] = Time(variants[i].Run, repeats[i]);
            }
        }

        var results = variants.Select((variant, i) => Summary(variant.Name, times[i], times[0])).ToList();
        Print(title, results);
        return results;
    }

    static Timing Summary(string name, double[] times, double[] first) =>
        new(name, Median(times), times.Min(), Median(times.Select((time, round) => first[round] / time)));

    static double Time(Action run, int repeats)
    {
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < repeats; i++)
        {
            run();
        }

        return Stopwatch.GetElapsedTime(start).TotalMicroseconds / repeats;
    }

    /// <summary>Warms up, then says how many calls make one measurement long enough.</summary>
    static int Repeats(Action run)
    {
        var warm = Stopwatch.StartNew();
        for (var i = 0; i < 3 || (warm.ElapsedMilliseconds < 300 && i < 20_000); i++)
        {
            run();
        }

        return (int)Math.Max(1, LongEnough / Enumerable.Range(0, 5).Min(_ => Time(run, 1)));
    }

    static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[sorted.Length / 2] + sorted[(sorted.Length - 1) / 2]) / 2;
    }

    static void Print(string title, List<Timing> results)
    {
        Console.WriteLine($"\n{title} ({get_num_threads()} threads)");
        foreach (var (name, median, best, speedup) in results)
        {
            var line = string.Create(
                CultureInfo.InvariantCulture,
                $"  {name, -34} median {median, 12:F1} us   best {best, 12:F1} us   {speedup, 6:F2}x"
            );
            Console.WriteLine(line);
        }
    }
}
