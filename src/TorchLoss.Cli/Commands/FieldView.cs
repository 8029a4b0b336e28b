using TorchLoss.Cli.Advice;
using TorchLoss.Cli.Losses;

namespace TorchLoss.Cli.Commands;

/// <summary>Shows what is advised in a field without a table to look at.</summary>
sealed class FieldView(Shell shell, bool json)
{
    /// <summary>Advises for a field and a goal, or lists what can be asked.</summary>
    public int Run(string? task, string? goal)
    {
        if (task is null)
        {
            return goal is null ? List() : throw new UsageException("--goal goes with --data or --task.");
        }

        var field =
            Fields.All.FirstOrDefault(f => f.Name == task)
            ?? throw new UsageException(
                $"--task {task} wants a table to look at: give --data. Without one there are {Names(Fields.All.Select(f => f.Name))}."
            );
        var wanted = goal is null ? field.Goals[0] : field.Goals.FirstOrDefault(g => g.Goal == goal);
        return Show(
            field,
            wanted
                ?? throw new UsageException(
                    $"--goal '{goal}' is no goal of {task}; there are {Names(field.Goals.Select(g => g.Goal))}."
                )
        );
    }

    int Show(Field field, FieldGoal goal)
    {
        var picks = goal.Losses.Select(l => (l.Loss, l.Why, LossChoice.Parse(l.Loss).Info.Source)).ToList();
        if (json)
        {
            var losses = picks.Select(p => new
            {
                p.Loss,
                p.Why,
                p.Source,
            });
            shell.Out.WriteLine(
                Json.Line(
                    new
                    {
                        Task = field.Name,
                        goal.Goal,
                        goal.About,
                        Losses = losses,
                        goal.Watch,
                    }
                )
            );
            return ExitCode.Ok;
        }

        shell.Out.WriteLine($"{field.Name}, {goal.Goal}: {goal.About}");
        shell.Out.WriteLine();
        PickLines.Write(shell.Out, picks);
        shell.Out.WriteLine($"look at {goal.Watch}");
        var others = field.Goals.Where(g => g != goal).ToList();
        if (others.Count > 0)
        {
            shell.Out.WriteLine(
                $"other goals: {string.Join(", ", others.Select(g => $"--goal {g.Goal} ({g.About})"))}"
            );
        }

        return ExitCode.Ok;
    }

    int List()
    {
        if (json)
        {
            var fields = Fields.All.Select(f => new
            {
                Task = f.Name,
                Goals = f.Goals.Select(g => new { g.Goal, g.About }),
            });
            shell.Out.WriteLine(Json.Line(fields));
            return ExitCode.Ok;
        }

        shell.Out.WriteLine("With a table: torchloss choose --data FILE|NAME [--target COLUMN] [--goal WORD] [--try]");
        foreach (var (name, about) in Goals.Classes.Concat(Goals.Numbers))
        {
            shell.Out.WriteLine($"  --goal {name, -14} {about}");
        }

        shell.Out.WriteLine();
        shell.Out.WriteLine("Without one: torchloss choose --task FIELD [--goal WORD]");
        foreach (var (field, goal) in Fields.All.SelectMany(f => f.Goals.Select(g => (f, g))))
        {
            shell.Out.WriteLine($"  --task {field.Name, -14} --goal {goal.Goal, -16} {goal.About}");
        }

        return ExitCode.Ok;
    }

    static string Names(IEnumerable<string> names) => string.Join(", ", names);
}
