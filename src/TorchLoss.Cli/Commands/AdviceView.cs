using Spectre.Console;
using TorchLoss.Cli.Advice;
using TorchLoss.Cli.Duels;
using TorchLoss.Cli.Runs;

namespace TorchLoss.Cli.Commands;

/// <summary>Shows what is advised for a table, and races it.</summary>
sealed class AdviceView(Shell shell, bool json)
{
    /// <summary>Looks, advises and, for some seeds, races.</summary>
    public int Run(RunRequest request, string? goal, int seeds)
    {
        var advised = Advisor.Advise(DataLook.Of(request, Checked(goal)));
        CheckGoal(advised.Facts);
        var lines = json ? shell.Error : shell.Out; // commands are to be copied: no line may be broken
        Show(lines, request, advised);
        var result = seeds > 0 ? Try(request, advised, seeds) : null;
        if (json)
        {
            shell.Out.WriteLine(Json.Line(Summary(request, advised, result)));
        }

        return result?.Entries.Any(entry => entry.Failure is not null) == true ? ExitCode.Failed : ExitCode.Ok;
    }

    static string? Checked(string? goal) =>
        goal is null || Goals.All.Contains(goal)
            ? goal
            : throw new UsageException(
                $"--goal '{goal}' is not accepted: beside --data it takes {string.Join(", ", Goals.All)}."
            );

    static void CheckGoal(DataFacts facts)
    {
        var known = facts.IsClasses ? Goals.Classes : Goals.Numbers;
        if (facts.Goal is { } goal && known.All(g => g.Name != goal))
        {
            var kind = facts.IsClasses ? "classification" : "regression";
            throw new UsageException(
                $"--goal {goal} is no goal of a {kind}, which this is; there are {string.Join(", ", known.Select(g => g.Name))}."
            );
        }
    }

    static void Show(TextWriter lines, RunRequest request, Advised advised)
    {
        lines.WriteLine($"{Path.GetFileName(request.Data)}: {advised.Facts.Rows:#,0} rows");
        foreach (var line in FactLines.Of(advised.Facts))
        {
            lines.WriteLine("  " + line);
        }

        lines.WriteLine();
        PickLines.Write(lines, advised.Picks.Select(pick => (pick.Loss, pick.Why, pick.Source)));
        lines.WriteLine($"look at {advised.Metric}: {advised.Watch}");
        lines.WriteLine("try it:");
        foreach (var command in Commands(request, advised))
        {
            lines.WriteLine("  " + command);
        }
    }

    static string[] Commands(RunRequest request, Advised advised)
    {
        if (!advised.Facts.HasInputs)
        {
            return ["torchloss demo text"];
        }

        var data = Quoted(request.Data) + (request.Target is { } target ? $" --target {Quoted(target)}" : "");
        var task = request.Task == "auto" ? "" : $" --task {request.Task}";
        var losses = string.Join(';', advised.Picks.Select(pick => pick.Loss));
        return
        [
            $"torchloss train --data {data}{task} --loss {Quoted(advised.Picks[0].Loss)}",
            $"torchloss compare --data {data}{task} --losses \"{losses}\" --metric {advised.Metric}",
        ];
    }

    static string Quoted(string text) =>
        text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '/' or '_' or '-') ? text : $"\"{text}\"";

    RaceResult Try(RunRequest request, Advised advised, int seeds)
    {
        if (!advised.Facts.HasInputs)
        {
            throw new UsageException(
                "--try trains on columns of numbers or words; this table has none beside the target."
            );
        }

        var console = json ? shell.Aside : shell.Console;
        console.WriteLine();
        var losses = advised.Picks.Select(pick => pick.Loss).ToList();
        var result = Race.Run(
            request,
            losses,
            seeds,
            (loss, run) => console.WriteLine(RaceView.Line(loss, run)),
            advised.Metric
        );
        RaceView.Show(console, result);
        console.WriteLine(Verdict(result, advised));
        return result;
    }

    static string Verdict(RaceResult result, Advised advised)
    {
        var finished = result.Finished;
        var first = finished.FirstOrDefault(entry => entry.Loss == advised.Picks[0].Loss);
        if (first is null)
        {
            return $"the first choice {advised.Picks[0].Loss} could not be trained: the advice did not hold.";
        }

        if (first == finished[0])
        {
            return $"the advice held: {first.Loss} came first.";
        }

        var (_, gaps, margin) = result.Gaps.First(gap => gap.Other == first);
        return Spread.IsClear(gaps, margin)
            ? $"the advice did not hold: {Spread.Verdict(result.Metric, finished[0].Loss, first.Loss, gaps, margin)}"
            : $"the advice is not refuted: no loss is ahead of {first.Loss} in {result.Metric} beyond the spread of {first.Runs.Count} seeds.";
    }

    static object Summary(RunRequest request, Advised advised, RaceResult? result) =>
        new
        {
            request.Data,
            Task = advised.Facts.Kind.ToString().ToLowerInvariant(),
            advised.Facts.Rows,
            Facts = FactLines.Of(advised.Facts),
            Figures = advised.Facts,
            Losses = advised.Picks,
            advised.Metric,
            advised.Watch,
            Commands = Commands(request, advised),
            Race = result?.Entries.Select(entry => new
            {
                entry.Loss,
                Mean = entry.Mean(result.Metric),
                Error = entry.Failure,
            }),
            Verdict = result is null ? null : Verdict(result, advised),
        };
}
