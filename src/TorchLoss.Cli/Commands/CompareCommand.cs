using System.CommandLine;

namespace TorchLoss.Cli.Commands;

/// <summary><c>torchloss compare</c>: our losses against the built-in ones, or several losses against each other on one task.</summary>
static class CompareCommand
{
    const int DefaultSteps = 100;
    const int DefaultSeeds = 3;

    public static Command Create(Shell shell)
    {
        var names = new Argument<string[]>("NAME")
        {
            Description = "Losses to hold against their built-in counterparts [all of PyTorch's]",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var losses = CheckedOption.Text(
            "--losses",
            "A,B,...",
            "Races these losses on one task instead; options as in train: FocalLoss:gamma=1,alpha=0.3,MSELoss. A semicolon separates as well"
        );
        var run = new RunOptions();
        var steps = CheckedOption.Whole("--steps", 1, 100_000, $"Updates of each trajectory [{DefaultSteps}]");
        var seeds = CheckedOption.Whole("--seeds", 1, 1000, $"How many seeds a race has [{DefaultSeeds}]");
        var metric = CheckedOption.Text(
            "--metric",
            "NAME",
            "The number that decides a race, such as macro_f1 [the first]"
        );
        var output = CheckedOption.Text("--out", "DIR", "Folder of the report [runs/DATA-race-NUMBER for a race]");
        var json = new Option<bool>("--json") { Description = "Write the result as JSON, the progress to stderr" };
        var command = new Command(
            "compare",
            "Holds our losses against TorchSharp's own: values, gradients, trainings, time; or races losses on one task"
        )
        {
            names,
            losses,
        };
        foreach (var option in (Option[])[steps, seeds, metric, .. run.All, output, json])
        {
            command.Options.Add(option);
        }

        command.SetAction(parsed =>
        {
            var given = parsed.GetValue(names) ?? [];
            var isJson = parsed.GetValue(json);
            if (parsed.GetValue(losses) is { } list)
            {
                Refuse(parsed, [steps], "--losses");
                return given.Length == 0
                    ? new RaceView(shell, isJson).Run(
                        run.Read(parsed, null),
                        list,
                        (int)(parsed.GetValue(seeds) ?? DefaultSeeds),
                        parsed.GetValue(output),
                        parsed.GetValue(metric)
                    )
                    : throw new UsageException($"compare takes names ('{given[0]}') or --losses, not both.");
            }

            Refuse(parsed, [seeds, metric, .. run.All], "a race; name the losses by --losses");
            return new DuelView(shell, isJson).Run(
                given,
                (int)(parsed.GetValue(steps) ?? DefaultSteps),
                parsed.GetValue(output)
            );
        });
        return command;
    }

    static void Refuse(ParseResult parsed, IEnumerable<Option> options, string why)
    {
        if (options.FirstOrDefault(option => parsed.GetResult(option) is not null) is { } given)
        {
            throw new UsageException(
                given.Name == "--steps" ? $"--steps does not go with {why}." : $"{given.Name} is for {why}."
            );
        }
    }
}
