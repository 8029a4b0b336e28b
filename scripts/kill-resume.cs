#!/usr/bin/env dotnet
#:project ../src/TorchLoss.Training

// Kills a training process at random instants, lets it go on each time, and holds the weights it ends with against those of a run
// that nobody disturbed. Usage: dotnet run scripts/kill-resume.cs [KILLS] [SEED]

using System.Diagnostics;
using System.Security.Cryptography;
using TorchLoss.Training;

if (args is ["train", var path])
    return Train(path);

var kills = args.Length > 0 ? int.Parse(args[0]) : 40;
var random = new Random(args.Length > 1 ? int.Parse(args[1]) : 1);
var root = Directory.CreateTempSubdirectory("kill-resume").FullName;
try
{
    var whole = Path.Combine(root, "whole");
    var disturbed = Path.Combine(root, "disturbed");
    Run(whole, null);
    var done = 0;
    while (done < kills && Run(disturbed, TimeSpan.FromMilliseconds(random.Next(600, 3000))))
        done++;
    Run(disturbed, null);
    var same = Bits(whole) == Bits(disturbed);
    Console.WriteLine($"{done} kills; the weights are {(same ? "the same bits" : "DIFFERENT")}");
    return same ? 0 : 1;
}
finally
{
    Directory.Delete(root, recursive: true);
}

// Whether the process had to be killed.
bool Run(string run, TimeSpan? until)
{
    using var process = Process.Start(
        new ProcessStartInfo(Environment.ProcessPath!, ["train", run]) { UseShellExecute = false }
    )!;
    if (until is null || process.WaitForExit(until.Value))
    {
        process.WaitForExit();
        return process.ExitCode == 0 ? false : throw new InvalidOperationException($"exit code {process.ExitCode}");
    }
    process.Kill();
    process.WaitForExit();
    return true;
}

static string Bits(string run) =>
    Convert.ToHexString(
        SHA256.HashData(File.ReadAllBytes(Path.Combine(run, "checkpoints", "last", Checkpoint.ModelFile)))
    );

static int Train(string path)
{
    using var run = File.Exists(Path.Combine(path, "config.json"))
        ? RunFolder.Open(path)
        : RunFolder.Create(path, new { Data = "iris" });
    var source = DataSource.Open("iris");
    using var task = TabularTask.Prepare(source.Table, new() { Target = source.DefaultTarget });
    using var model = Models.Mlp(task.Inputs, task.Outputs, [32], 0.2);
    using var trainer = new Trainer(
        model,
        nn.CrossEntropyLoss(),
        Optimizers.Factory("adamw", 1e-3),
        new()
        {
            Epochs = 400,
            BatchSize = 16,
            Schedule = new CosineSchedule(),
            Metrics = task.Metrics,
        },
        run.Callbacks(patience: 0, everyUpdates: 3, everySeconds: 0)
    );
    run.Resume(trainer);
    trainer.Fit(task.Train, task.Validation);
    return 0;
}
