using TorchLoss.Cli.Duels;

namespace TorchLoss.Cli.Applications;

/// <summary>Figures of what is compared, one a seed or other run, and what they allow to say.</summary>
/// <param name="measures">What is measured.</param>
sealed class Scores(params IReadOnlyList<string> measures)
{
    readonly List<(string Name, List<double[]> Runs)> _all = [];

    /// <summary>What the runs differ in.</summary>
    public string Unit { get; init; } = "seeds";

    /// <summary>What is compared, in the order in which it came.</summary>
    public IReadOnlyList<string> Names => [.. _all.Select(one => one.Name)];

    /// <summary>Takes the figures of one run.</summary>
    public void Add(string name, params double[] values)
    {
        var runs = _all.Find(one => one.Name == name).Runs;
        if (runs is null)
        {
            _all.Add((name, runs = []));
        }

        runs.Add(values);
    }

    /// <summary>A measure of one of them, seed by seed.</summary>
    public double[] Of(string name, string measure)
    {
        var column = measures.ToList().IndexOf(measure);
        return [.. _all.Find(one => one.Name == name).Runs.Select(run => run[column])];
    }

    /// <summary>The mean over the seeds.</summary>
    public double Mean(string name, string measure) => Spread.Mean(Of(name, measure));

    /// <summary>A line for each: means and, where there are several seeds, standard deviations.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Rows =>
        [.. Names.Select(name => (string[])[name, .. measures.Select(measure => Cell(Of(name, measure)))])];

    /// <summary>The claim that one is better than another by more than chance explains, judged seed by seed.</summary>
    /// <param name="first">Said to be better.</param>
    /// <param name="other">What it is held against.</param>
    /// <param name="measure">By what.</param>
    /// <param name="less">Whether less is better, as for errors.</param>
    public Claim Better(string first, string other, string measure, bool less = false)
    {
        double[] gaps = [.. Of(first, measure).Zip(Of(other, measure), (a, b) => less ? b - a : a - b)];
        var (gap, margin) = (Spread.Mean(gaps), Spread.Margin(gaps));
        var figures =
            $"{first} {Mean(first, measure):0.000} against {other} {Mean(other, measure):0.000} in {measure} "
            + $"(better by {gap:0.000} ± {margin:0.000}, 95 % over {gaps.Length} {Unit})";
        return new(gap > margin ? figures : $"{figures}: inside the noise or behind", gap > margin);
    }

    /// <summary>The claim that one is not behind another by more than chance explains, which is less than to be better.</summary>
    /// <param name="first">Said not to be behind.</param>
    /// <param name="other">What it is held against.</param>
    /// <param name="measure">By what.</param>
    /// <param name="less">Whether less is better, as for errors.</param>
    public Claim NotWorse(string first, string other, string measure, bool less = false)
    {
        var behind = Better(other, first, measure, less).Holds;
        var verdict =
            behind ? "is behind"
            : Better(first, other, measure, less).Holds ? "is ahead of"
            : $"is not told apart by these {Unit} from";
        return new(
            $"{first} {Mean(first, measure):0.000} {verdict} {other} {Mean(other, measure):0.000} in {measure}",
            !behind
        );
    }

    /// <summary>The best of some by the mean of a measure.</summary>
    public string Best(IEnumerable<string> names, string measure) => names.MaxBy(name => Mean(name, measure))!;

    static string Cell(double[] values) =>
        values.All(double.IsNaN) ? ""
        : values.Length == 1 ? $"{values[0]:0.000}"
        : $"{Spread.Mean(values):0.000} ± {Spread.Deviation(values):0.000}";
}
