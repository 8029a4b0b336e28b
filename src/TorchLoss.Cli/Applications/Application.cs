using Spectre.Console;
using TorchLoss.Reporting;

namespace TorchLoss.Cli.Applications;

/// <summary>Losses at work on real data: something is trained, held against a sensible baseline, and shown.</summary>
abstract class Application
{
    /// <summary>All of them, in the order in which they are read.</summary>
    public static IReadOnlyList<Application> All { get; } =
    [
        new RegressionDemo(),
        new ImagesDemo(),
        new TextDemo(),
        new SeriesDemo(),
        new NamesDemo(),
        new ImbalanceDemo(),
        new NoiseDemo(),
        new OrdinalDemo(),
        new SegmentationDemo(),
        new MetricDemo(),
        new SurvivalDemo(),
        new MultiTaskDemo(),
    ];

    /// <summary>The word on the command line.</summary>
    public abstract string Name { get; }

    /// <summary>The question that it answers, in a sentence.</summary>
    public abstract string About { get; }

    /// <summary>Trains and measures.</summary>
    public abstract Findings Run(ApplicationContext context);
}

/// <summary>What an application works with.</summary>
/// <param name="Console">Where progress is told.</param>
/// <param name="Seed">Decides data splits, weights and order.</param>
/// <param name="Quick">A short run that shows that everything works; its figures mean nothing.</param>
/// <param name="Cancel">Set when the user has enough.</param>
sealed record ApplicationContext(IAnsiConsole Console, long Seed, bool Quick, CancellationToken Cancel)
{
    const long Fresh = 1000;

    /// <summary>A number of epochs or seeds, or 1 for a quick run.</summary>
    public int Times(int usual) => Quick ? 1 : usual;

    /// <summary>The seeds of a run, or the first of them for a quick one. Those below 1000 were looked at while the demos were built.</summary>
    public IEnumerable<long> Seeds(int usual) => Enumerable.Range(0, Times(usual)).Select(i => Fresh + Seed + i);

    /// <summary>Tells how far it is.</summary>
    public void Say(string line) => Console.WriteLine(line);
}

/// <summary>What an application found out.</summary>
/// <param name="Columns">The heads of the table: first what is compared, then its measures.</param>
/// <param name="Rows">The lines of the table.</param>
/// <param name="Claims">What the figures show.</param>
/// <param name="Charts">The pictures, by file name without ending.</param>
sealed record Findings(
    IReadOnlyList<string> Columns,
    IReadOnlyList<IReadOnlyList<string>> Rows,
    IReadOnlyList<Claim> Claims,
    IReadOnlyList<(string Name, Chart Chart)> Charts
)
{
    /// <summary>What else is to be said: how settings were chosen, and comparisons that nothing was expected of.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Text that belongs to it, such as generated samples.</summary>
    public string Text { get; init; } = "";
}

/// <summary>A statement that the figures prove or not.</summary>
/// <param name="Text">The statement with its figures.</param>
/// <param name="Holds">Whether the figures say so.</param>
sealed record Claim(string Text, bool Holds);
