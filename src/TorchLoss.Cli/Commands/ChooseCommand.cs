using System.CommandLine;
using TorchLoss.Cli.Advice;
using TorchLoss.Cli.Runs;

namespace TorchLoss.Cli.Commands;

/// <summary><c>torchloss choose</c>: looks at data, or asks for the field, and recommends losses with reasons.</summary>
static class ChooseCommand
{
    const int DefaultSeeds = 3;

    public static Command Create(Shell shell)
    {
        var data = CheckedOption.Text(
            "--data",
            "FILE|NAME",
            "The table to look at: a CSV file or a built-in data set, as in train"
        );
        var target = CheckedOption.Text(
            "--target",
            "COLUMN",
            "The column to predict [that of the data set, the last one of a file]"
        );
        var task = CheckedOption.Choice(
            "--task",
            [.. RunPlan.Tasks, .. Fields.All.Select(field => field.Name)],
            $"What is learnt: {string.Join(", ", RunPlan.Tasks)} with --data [auto]; a field without: {string.Join(", ", Fields.All.Select(field => field.Name))}"
        );
        task.HelpName = "TASK|FIELD";
        var goal = CheckedOption.Text(
            "--goal",
            "WORD",
            $"What matters. Classes: {Words(Goals.Classes)}. Numbers: {Words(Goals.Numbers)}. Fields have their own: see choose without options"
        );
        var trial = new Option<bool>("--try") { Description = "Races the losses and tells whether the advice held" };
        var epochs = CheckedOption.Whole("--epochs", 1, 1_000_000, "Epochs of the race [as in train]");
        var seeds = CheckedOption.Whole("--seeds", 1, 1000, $"Seeds of the race [{DefaultSeeds}]");
        var page = new Option<bool>("--page") { Description = "Writes all rules as a page in Markdown" };
        var json = new Option<bool>("--json") { Description = "Write the result as JSON, the progress to stderr" };
        var command = new Command("choose", "Looks at the data, recommends losses and says why")
        {
            data,
            target,
            task,
            goal,
            trial,
            epochs,
            seeds,
            page,
            json,
        };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(page))
            {
                shell.Out.Write(ChoosingPage.Text());
                return ExitCode.Ok;
            }

            var isJson = parsed.GetValue(json);
            if (parsed.GetValue(data) is { } name)
            {
                var request = new RunRequest
                {
                    Data = name,
                    Target = parsed.GetValue(target),
                    Task = TableTask(parsed.GetValue(task)),
                    Epochs = parsed.GetValue(epochs),
                };
                var rounds = parsed.GetValue(trial) ? (int)(parsed.GetValue(seeds) ?? DefaultSeeds) : 0;
                Refuse(rounds > 0, parsed, "--try", epochs, seeds);
                return new AdviceView(shell, isJson).Run(request, parsed.GetValue(goal), rounds);
            }

            Refuse(false, parsed, "--data", target, trial, epochs, seeds);
            return new FieldView(shell, isJson).Run(parsed.GetValue(task), parsed.GetValue(goal));
        });
        return command;
    }

    static string Words(IEnumerable<(string Name, string About)> goals) => string.Join(", ", goals.Select(g => g.Name));

    static string TableTask(string? task) =>
        task is null || RunPlan.Tasks.Contains(task)
            ? task ?? "auto"
            : throw new UsageException(
                $"--task {task} is a field that has no table; with --data it takes {string.Join(", ", RunPlan.Tasks)}."
            );

    static void Refuse(bool allowed, ParseResult parsed, string needed, params Option[] options)
    {
        if (!allowed && options.FirstOrDefault(o => parsed.GetResult(o) is { Implicit: false }) is { } given)
        {
            throw new UsageException($"{given.Name} goes with {needed}.");
        }
    }
}
