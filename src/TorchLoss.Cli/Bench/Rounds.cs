using System.Diagnostics;
using TorchLoss.Cli.Duels;

namespace TorchLoss.Cli.Bench;

/// <summary>Times of several actions, round by round, in milliseconds a call.</summary>
/// <remarks>
/// Every round times each action once, in alternating order, so that a neighbour's load falls on all of them alike. How many times
/// as fast one is as another is the median of the ratios within a round, not the ratio of medians. The first rounds do not count:
/// heaps have grown and code is compiled by then.
/// </remarks>
sealed class Rounds
{
    const double LongEnough = 15;
    const int Fewest = 5;
    const int Most = 15;
    const double Budget = 4000;

    readonly double[][] _times;

    Rounds(double[][] times) => _times = times;

    /// <summary>Times the actions; one that is null has no times.</summary>
    public static Rounds Measure(params Action?[] actions)
    {
        var repeats = actions.Select(action => action is null ? 0 : Repeats(action)).ToArray();
        var times = actions.Select(_ => new List<double>()).ToArray();
        var clock = Stopwatch.StartNew();
        for (var round = 0; round < Most && (round < Fewest || clock.ElapsedMilliseconds < Budget); round++)
        {
            for (var k = 0; k < actions.Length; k++)
            {
                var i = round % 2 == 0 ? k : actions.Length - 1 - k;
                if (actions[i] is { } action)
                {
                    times[i].Add(Time(action, repeats[i]));
                }
            }
        }

        return new([.. times.Select(t => t.ToArray())]);
    }

    /// <summary>Nothing was timed.</summary>
    public static Rounds None(int actions) => new([.. Enumerable.Range(0, actions).Select(_ => Array.Empty<double>())]);

    /// <summary>Times single calls, each in a heap that was emptied before, while gradients stay to be used again, as between the steps of a training; no times where that cannot be.</summary>
    public static Rounds Cold(params Action?[] actions)
    {
        var times = actions.Select(_ => new List<double>()).ToArray();
        for (var round = 0; round < Fewest; round++)
        {
            for (var k = 0; k < actions.Length; k++)
            {
                var i = round % 2 == 0 ? k : actions.Length - 1 - k;
                if (actions[i] is { } action && HeapState.Release(gradients: false))
                {
                    times[i].Add(Time(action, 1));
                }
            }
        }

        return new([.. times.Select(t => t.ToArray())]);
    }

    /// <summary>The median of an action, or null where there is none.</summary>
    public double? Milliseconds(int action) => _times[action].Length == 0 ? null : Spread.Median(_times[action]);

    /// <summary>How many times as long as another an action takes, or null where one of them is missing.</summary>
    public double? Ratio(int slow, int fast) =>
        _times[slow].Length == 0 || _times[fast].Length == 0
            ? null
            : Spread.Median(_times[slow].Zip(_times[fast], (a, b) => a / b));

    static double Time(Action run, int repeats)
    {
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < repeats; i++)
        {
            run();
        }

        return Stopwatch.GetElapsedTime(start).TotalMilliseconds / repeats;
    }

    /// <summary>Warms up, then says how many calls make one measurement long enough.</summary>
    static int Repeats(Action run)
    {
        var warm = Stopwatch.StartNew();
        for (var i = 0; i < 3 || (warm.ElapsedMilliseconds < 100 && i < 5000); i++)
        {
            run();
        }

        return (int)Math.Clamp(LongEnough / Enumerable.Range(0, 3).Min(_ => Time(run, 1)), 1, 20_000);
    }
}
