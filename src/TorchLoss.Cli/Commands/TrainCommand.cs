using System.CommandLine;
using System.Runtime.InteropServices;
using Spectre.Console;
using TorchLoss.Cli.Runs;
using TorchLoss.Training;

namespace TorchLoss.Cli.Commands;

/// <summary><c>torchloss train</c>: trains a model on a table, in front of the user, into a run folder.</summary>
sealed class TrainCommand
{
    readonly Shell _shell;
    readonly RunOptions _options = new();
    readonly TrainerSettings _settings = new();
    readonly Option<string?> _loss = CheckedOption.Text(
        "--loss",
        "NAME[:option=value,...]",
        "The loss; A+0.5*B is a sum, builtin:NAME TorchSharp's own [CrossEntropyLoss for classes, MSELoss for numbers]"
    );
    readonly Option<string?> _out = CheckedOption.Text("--out", "DIR", "The run folder [runs/DATA-LOSS-NUMBER]");
    readonly Option<string?> _resume = CheckedOption.Text(
        "--resume",
        "RUN",
        "Goes on where this run stopped, bit for bit; takes everything else from its config.json"
    );
    readonly Option<bool> _findRate = new("--find-lr")
    {
        Description = "Tries learning rates instead of training, and suggests one; writes the curve to --out",
    };
    readonly Option<bool> _json = new("--json") { Description = "Write the result as JSON, the progress to stderr" };

    TrainCommand(Shell shell) => _shell = shell;

    public static Command Create(Shell shell)
    {
        var train = new TrainCommand(shell);
        var command = new Command("train", "Trains a model on a table; without any option, on handwritten digits")
        {
            train._loss,
        };
        foreach (var option in train.Options.Skip(1))
        {
            command.Options.Add(option);
        }

        command.SetAction(train.Run);
        return command;
    }

    Option[] Options => [_loss, .. _options.All, .. _settings.All, _findRate, _out, _resume, _json];

    int Run(ParseResult parsed)
    {
        using var processes = Processes.Start();
        return processes.Run(_shell, () => Run(parsed, processes));
    }

    int Run(ParseResult parsed, Processes processes)
    {
        var json = parsed.GetValue(_json);
        return parsed.GetValue(_resume) is { } resume
            ? Resume(parsed, resume, processes, json)
            : Begin(parsed, processes, json);
    }

    int Begin(ParseResult parsed, Processes processes, bool json)
    {
        var request = _settings.Read(parsed, _options.Read(parsed, parsed.GetValue(_loss)));
        if (parsed.GetValue(_findRate))
        {
            return new RateView(_shell, json).Run(request, parsed.GetValue(_out));
        }

        using var plan = RunPlan.Of(request, processes.All);
        if (!processes.IsFirst)
        {
            return Help(plan, null);
        }

        using var folder = Create(parsed.GetValue(_out) ?? RunNames.Next(plan), plan);
        folder.WritePreprocessing(plan.Task.Preprocessing);
        return Train(plan, folder, json);
    }

    int Resume(ParseResult parsed, string path, Processes processes, bool json)
    {
        var others = Options.Except([_resume, _json]).Where(option => parsed.GetResult(option) is { Implicit: false });
        if (others.FirstOrDefault() is { } other)
        {
            throw new UsageException($"{other.Name} cannot go with --resume: a run goes on as it began.");
        }

        using var folder = Open(path, processes.IsFirst);
        using var plan = RunPlan.Of(folder.ReadConfig<RunConfig>(), processes.All);
        RunOptions.CheckDevice(plan.Config.Device);
        return processes.IsFirst ? Train(plan, folder, json) : Help(plan, folder);
    }

    /// <summary>The part of a process that is not the first: it trains along, writes nothing and says nothing.</summary>
    static int Help(RunPlan plan, RunFolder? folder)
    {
        using var cancel = new Cancellation();
        var choices = plan.Config.Trainer;
        using var run = new Run(plan, new EarlyStopping(plan.Config.Patience, choices.Monitor(), folder?.BestPath));
        folder?.Resume(run.Trainer);
        return run.Help(cancel.Token) ? ExitCode.Ok : ExitCode.Failed;
    }

    int Train(RunPlan plan, RunFolder folder, bool json)
    {
        var console = json ? _shell.Aside : _shell.Console;
        using var cancel = new Cancellation();
        RunTables.Before(console, plan);
        var outcome = RunProgress.Show(
            console,
            plan.Config.Epochs,
            progress =>
            {
                using var run = new Run(plan, [.. Callbacks(plan, folder), progress]);
                RunTables.Start(console, plan, run.LossAtStart(), run.LossOfIgnorance());
                RunTables.Check(console, run.Findings());
                foreach (var note in folder.Resume(run.Trainer))
                {
                    console.WriteLine(note);
                }

                return run.Finish(cancel.Token);
            }
        );
        if (outcome.IsCancelled)
        {
            _shell.Error.WriteLine(
                $"torchloss: {outcome.Fit.Message}; go on with: torchloss train --resume {folder.Path}"
            );
            return ExitCode.Failed;
        }

        var trouble = WriteReport(folder, plan, outcome);
        RunTables.After(console, outcome, folder.Path);
        if (outcome.Fit.Reason == StopReason.Stopped && plan.Config.Trainer.MaxTime is not null)
        {
            console.WriteLine($"go on for as long again with: torchloss train --resume {folder.Path}");
        }

        if (json)
        {
            _shell.Out.WriteLine(Json.Line(Result.Of(outcome, folder)));
        }

        return trouble is null ? ExitCode.Ok : throw new MissingEnvironmentException(trouble);
    }

    /// <summary>A report that cannot be written must not cost the run.</summary>
    /// <returns>What stood in the way, and what to do; null where it is written.</returns>
    static string? WriteReport(RunFolder folder, RunPlan plan, RunOutcome outcome)
    {
        try
        {
            RunFiles.Write(folder, plan, outcome);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"the run is complete, but its report cannot be written: {e.Message} "
                + $"When that is mended: torchloss train --resume {folder.Path}";
        }
    }

    static IEnumerable<ITrainingCallback> Callbacks(RunPlan plan, RunFolder folder)
    {
        var choices = plan.Config.Trainer;
        var callbacks = folder.Callbacks(plan.Config.Patience, choices.Monitor()).ToList();
        if (choices.KeepLast > 0)
        {
            callbacks.Add(new KeepCheckpoints(folder.File(Path.Combine("checkpoints", "kept")), choices.KeepLast));
        }

        if (choices.TensorBoard)
        {
            callbacks.Add(new TensorBoardLog(folder.File("tensorboard")));
        }

        return callbacks;
    }

    static RunFolder Create(string path, RunPlan plan)
    {
        try
        {
            return RunFolder.Create(path, plan.Config);
        }
        catch (CheckpointException e)
        {
            throw OutputFolder.IsOfMachine(e)
                ? new MissingEnvironmentException($"--out {e.Message}")
                : new UsageException($"--out {e.Message}");
        }
    }

    static RunFolder Open(string path, bool first)
    {
        try
        {
            return first ? RunFolder.Open(path) : RunFolder.Join(path);
        }
        catch (CheckpointException e)
        {
            throw new UsageException($"--resume {e.Message}");
        }
    }

    /// <summary>Ctrl+C, or a request to end, stops after the update that is running, with everything saved.</summary>
    sealed class Cancellation : IDisposable
    {
        readonly CancellationTokenSource _source = new();
        readonly PosixSignalRegistration[] _signals;

        public Cancellation() =>
            _signals = [
                PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel),
                PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel),
            ];

        public CancellationToken Token => _source.Token;

        public void Dispose()
        {
            Array.ForEach(_signals, signal => signal.Dispose());
            _source.Dispose();
        }

        void Cancel(PosixSignalContext context)
        {
            context.Cancel = true;
            _source.Cancel();
        }
    }

    sealed record Result(
        string Run,
        int Epochs,
        double TrainLoss,
        double ValidationLoss,
        IReadOnlyDictionary<string, double> Metrics,
        double SamplesPerSecond
    )
    {
        public static Result Of(RunOutcome outcome, RunFolder folder) =>
            new(
                folder.Path,
                outcome.Fit.History.Count,
                outcome.Train.Loss,
                outcome.Validation.Loss,
                outcome.Validation.Metrics,
                outcome.SamplesPerSecond
            );
    }
}
