using System.Diagnostics;
using TorchLoss.Cli.Losses;
using TorchLoss.Cli.Runs;
using TorchLoss.Training;

namespace TorchLoss.Cli.Duels;

/// <summary>One loss with one seed.</summary>
/// <param name="Seed">The seed.</param>
/// <param name="Metrics">What the kept weights reach on the part held back.</param>
/// <param name="History">The epochs.</param>
/// <param name="Kept">The epoch whose weights were kept.</param>
/// <param name="Seconds">How long it took.</param>
sealed record RaceRun(
    long Seed,
    IReadOnlyDictionary<string, double> Metrics,
    IReadOnlyList<EpochRecord> History,
    int Kept,
    double Seconds
);

/// <summary>One loss with all seeds.</summary>
/// <param name="Loss">The loss.</param>
/// <param name="Runs">Its runs, by seed.</param>
/// <param name="Failure">Why it could not be trained; null where it could.</param>
sealed record RaceEntry(string Loss, IReadOnlyList<RaceRun> Runs, string? Failure)
{
    /// <summary>The mean of a metric over the seeds.</summary>
    public double Mean(string metric) => Spread.Mean(Values(metric));

    /// <summary>Its standard deviation over the seeds; 0 with a single one.</summary>
    public double Deviation(string metric) => Spread.Deviation(Values(metric));

    /// <summary>The metric of each seed.</summary>
    public double[] Values(string metric) => [.. Runs.Select(run => run.Metrics[metric])];
}

/// <summary>What came of a race.</summary>
/// <param name="Metric">The number that decides.</param>
/// <param name="Entries">The losses, the best first.</param>
/// <param name="HeldBack">Rows held back for each row trained on.</param>
sealed record RaceResult(string Metric, IReadOnlyList<RaceEntry> Entries, double HeldBack)
{
    /// <summary>Whether a metric is an error.</summary>
    public static bool IsBetterLow(string metric) => metric is "mae" or "rmse";

    /// <summary>Those that could be trained with all seeds.</summary>
    public IReadOnlyList<RaceEntry> Finished { get; } = [.. Entries.Where(e => e.Failure is null)];

    /// <summary>For each loss after the first: by how much the first leads it, seed by seed, and half the interval of the mean.</summary>
    public IReadOnlyList<(RaceEntry Other, double[] Gaps, double Margin)> Gaps =>
        [
            .. Finished
                .Skip(1)
                .Select(other => (other, Between(Finished[0], other)))
                .Select(p => (p.other, p.Item2, Margin(p.Item2))),
        ];

    /// <summary>What the numbers allow to say, a sentence for each loss after the first.</summary>
    public IReadOnlyList<string> Verdicts =>
        [.. Gaps.Select(g => Spread.Verdict(Metric, Finished[0].Loss, g.Other.Loss, g.Gaps, g.Margin))];

    /// <summary>Which one leads is seen only afterwards: every pair might have been compared.</summary>
    double Margin(double[] gaps) => Spread.Margin(gaps, Finished.Count * (Finished.Count - 1) / 2, HeldBack);

    double[] Between(RaceEntry first, RaceEntry other)
    {
        var others = other.Runs.ToDictionary(run => run.Seed, run => run.Metrics[Metric]);
        var sign = IsBetterLow(Metric) ? -1 : 1;
        return [.. first.Runs.Select(run => sign * (run.Metrics[Metric] - others[run.Seed]))];
    }
}

/// <summary>Trains the same model with several losses: same data, same initial weights, same order, for several seeds.</summary>
static class Race
{
    /// <summary>Runs it.</summary>
    /// <param name="request">Everything but the loss and the seed.</param>
    /// <param name="losses">The losses.</param>
    /// <param name="seeds">How many seeds, from that of the request on.</param>
    /// <param name="report">Is told about each run as it ends.</param>
    /// <param name="metric">The number that decides; null for the first that is measured.</param>
    public static RaceResult Run(
        RunRequest request,
        IReadOnlyList<string> losses,
        int seeds,
        Action<string, RaceRun> report,
        string? metric = null
    )
    {
        var titles = losses.Select(loss => Check(request, loss)).ToList();
        var shared = titles.Select(t => t.Metrics).Aggregate((a, b) => [.. a.Intersect(b)]);
        metric = Metric(metric, shared, losses);
        var sign = RaceResult.IsBetterLow(metric) ? -1 : 1;
        var entries = losses.Zip(titles, (loss, t) => Enter(request, loss, t.Title, seeds, report)).ToList();
        return new(
            metric,
            [
                .. entries
                    .OrderBy(e => e.Failure is not null)
                    .ThenByDescending(e => e.Failure is null ? sign * e.Mean(metric) : 0),
            ],
            titles[0].HeldBack
        );
    }

    /// <summary>Refuses what does not fit before anything is trained.</summary>
    static (string Title, IReadOnlyList<string> Metrics, double HeldBack) Check(RunRequest request, string loss)
    {
        using var plan = RunPlan.Of(request with { Loss = loss });
        return (plan.Loss.Title, plan.Metrics.Names, (double)plan.Task.Validation.Count / plan.Task.Train.Count);
    }

    static string Metric(string? asked, IReadOnlyList<string> shared, IReadOnlyList<string> losses) =>
        shared.Count == 0
            ? throw new UsageException(
                $"--losses {string.Join(";", losses)}: their models are not measured by the same metrics (classes or numbers against embeddings)."
            )
        : asked is null ? shared[0]
        : shared.Contains(asked) ? asked
        : throw new UsageException($"--metric '{asked}' is not measured here; there are {string.Join(", ", shared)}.");

    static RaceEntry Enter(RunRequest request, string loss, string title, int seeds, Action<string, RaceRun> report)
    {
        var runs = new List<RaceRun>();
        try
        {
            for (var i = 0; i < seeds; i++)
            {
                runs.Add(Once(request with { Loss = loss, Seed = request.Seed + i }));
                report(title, runs[^1]);
            }

            return new(title, runs, null);
        }
        catch (TrainingException e)
        {
            return new(title, runs, e.Message);
        }
    }

    static RaceRun Once(RunRequest request)
    {
        var clock = Stopwatch.StartNew();
        using var plan = RunPlan.Of(request);
        using var run = new Run(plan, new EarlyStopping(plan.Config.Patience));
        var outcome = run.Finish();
        return new(
            request.Seed,
            outcome.Validation.Metrics,
            outcome.Fit.History,
            outcome.BestEpoch,
            clock.Elapsed.TotalSeconds
        );
    }
}
