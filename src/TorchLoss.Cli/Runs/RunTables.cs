using Spectre.Console;
using TorchLoss.Training;

namespace TorchLoss.Cli.Runs;

/// <summary>What the user reads before and after training.</summary>
static class RunTables
{
    const int MostClasses = 30;

    /// <summary>Data, model, loss and what was decided on the way.</summary>
    public static void Before(IAnsiConsole console, RunPlan plan)
    {
        var (config, task) = (plan.Config, plan.Task);
        var what = task.Kind == TaskKind.Classification ? $"{task.Outputs} classes" : "a number";
        var name = plan.Source.Name;
        var model = config.Hidden.Count == 0 ? "linear" : $"{string.Join("-", config.Hidden)} hidden units";
        console.WriteLine(
            $"{name}: {task.Inputs} inputs, {config.Target} is {what}; {task.Train.Count} rows to learn from, {task.Validation.Count} held back"
        );
        console.WriteLine(
            $"{plan.Loss.Title}, model {model}, {config.Optimizer} {config.LearningRate:g4}, batches of {config.Batch}, "
                + $"up to {config.Epochs} epochs, seed {config.Seed}"
        );
        foreach (var note in Notes(plan))
        {
            console.WriteLine(note);
        }
    }

    /// <summary>What the loss is before anything is learnt, beside what guessing would give.</summary>
    public static void Start(IAnsiConsole console, RunPlan plan, double start, double? ignorance)
    {
        var chance =
            plan.Loss.Info.Name is "CrossEntropyLoss" && plan.Sets.Train.Weights is null
                ? $" = log {plan.Task.Outputs}"
                : "";
        var guess = ignorance is { } value
            ? $"; of a model that knows nothing {RunProgress.Number(value)}{chance}"
            : "";
        console.WriteLine($"loss before training {RunProgress.Number(start)}{guess}");
    }

    /// <summary>What looks wrong before training.</summary>
    public static void Check(IAnsiConsole console, IEnumerable<string> findings)
    {
        foreach (var finding in findings)
        {
            console.WriteLine("look: " + finding);
        }
    }

    /// <summary>What was reached.</summary>
    public static void After(IAnsiConsole console, RunOutcome outcome, string folder)
    {
        console.Write(Figures(outcome));
        if (outcome.Validation.Report is ClassReport { Classes: { Count: <= MostClasses } classes })
        {
            console.Write(Classes(classes));
        }

        var (kept, all) = (outcome.BestEpoch, outcome.Fit.History.Count);
        console.WriteLine(
            $"kept the weights of epoch {kept} of {all}: {outcome.Fit.Message}; {outcome.SamplesPerSecond:#,0} samples/s"
        );
        console.WriteLine($"run: {folder}");
        console.WriteLine("     report.html, checkpoints/best/model.safetensors, metrics.csv, config.json");
    }

    /// <summary>What the data, the task and the loss have to say.</summary>
    public static IEnumerable<string> Notes(RunPlan plan) =>
        plan.Fit.Note is { } note ? [.. plan.Task.Notes, note] : plan.Task.Notes;

    static Table Figures(RunOutcome outcome)
    {
        var table = new Table()
            .Border(TableBorder.Minimal)
            .AddColumn("")
            .AddColumn(new TableColumn("training").RightAligned())
            .AddColumn(new TableColumn("validation").RightAligned());
        table.AddRow("loss", RunProgress.Number(outcome.Train.Loss), RunProgress.Number(outcome.Validation.Loss));
        foreach (var (name, value) in outcome.Validation.Metrics)
        {
            table.AddRow(name, RunProgress.Number(outcome.Train.Metrics[name]), RunProgress.Number(value));
        }

        return table;
    }

    static Table Classes(IReadOnlyList<ClassScore> classes)
    {
        var table = new Table().Border(TableBorder.Minimal).AddColumn("class");
        foreach (var title in new[] { "precision", "recall", "F1", "samples" })
        {
            table.AddColumn(new TableColumn(title).RightAligned());
        }

        foreach (var row in classes)
        {
            table.AddRow(
                Markup.Escape(row.Name),
                row.Precision.ToString("0.000"),
                row.Recall.ToString("0.000"),
                row.F1.ToString("0.000"),
                row.Support.ToString()
            );
        }

        return table;
    }
}
