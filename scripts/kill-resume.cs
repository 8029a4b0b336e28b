#!/usr/bin/env dotnet
#:project ../src/TorchLoss.Training

// Kills training processes at random instants, lets each go on, and holds what it ends with against a run that nobody disturbed.
// Two runs: a plain one, and one with averaged weights, a plateau schedule, joined accumulation, and a loss that learns and whose
// margin rises from update to update. Usage: dotnet run scripts/kill-resume.cs [KILLS OF BOTH] [SEED]

using System.Diagnostics;
using System.Security.Cryptography;
using TorchLoss;
using TorchLoss.Training;

if (args is ["train", var what, var path])
    return Train(what, path);

var kills = args.Length > 0 ? int.Parse(args[0]) : 40;
var random = new Random(args.Length > 1 ? int.Parse(args[1]) : 1);
var root = Directory.CreateTempSubdirectory("kill-resume").FullName;
try
{
    return (Check("plain", (kills + 1) / 2) & Check("adaptive", kills / 2)) ? 0 : 1;
}
finally
{
    Directory.Delete(root, recursive: true);
}

bool Check(string what, int kills)
{
    var whole = Path.Combine(root, what, "whole");
    var disturbed = Path.Combine(root, what, "disturbed");
    Run(what, whole, null);
    var (done, saving) = (0, 0);
    while (done < kills && Run(what, disturbed, TimeSpan.FromMilliseconds(random.NextDouble() * 900)))
    {
        done++;
        // What was being written when the process was killed lies beside the checkpoint, until the next one sweeps it.
        saving += Directory.GetFileSystemEntries(Path.Combine(disturbed, "checkpoints"), ".*").Length > 0 ? 1 : 0;
    }
    Run(what, disturbed, null);
    var (expected, actual) = (Bits(whole), Bits(disturbed));
    var differing = expected
        .Keys.Union(actual.Keys)
        .Where(n => expected.GetValueOrDefault(n) != actual.GetValueOrDefault(n));
    var different = string.Join(", ", differing);
    Console.WriteLine(
        $"{what}: {done} kills, {saving} of them while a checkpoint was written; of {expected.Count} files "
            + (different.Length == 0 ? "all are the same bits" : $"these are DIFFERENT: {different}")
    );
    return different.Length == 0;
}

// Whether the process had to be killed, so long after it had begun to train.
bool Run(string what, string run, TimeSpan? until)
{
    using var process = Process.Start(
        new ProcessStartInfo(Environment.ProcessPath!, ["train", what, run])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        }
    )!;
    process.StandardOutput.ReadLine();
    if (until is null || process.WaitForExit(until.Value))
    {
        process.WaitForExit();
        return process.ExitCode == 0 ? false : throw new InvalidOperationException($"exit code {process.ExitCode}");
    }
    process.Kill();
    process.WaitForExit();
    return true;
}

// The sums of all that was learnt, and of the metrics without the times.
static Dictionary<string, string> Bits(string run)
{
    var bits = new Dictionary<string, string>
    {
        ["metrics.csv"] = string.Join('\n', File.ReadLines(Path.Combine(run, "metrics.csv")).Select(WithoutTimes)),
    };
    foreach (
        var file in Directory.GetFiles(Path.Combine(run, "checkpoints"), "*.safetensors", SearchOption.AllDirectories)
    )
        bits[Path.GetRelativePath(run, file)] = Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)));
    return bits;
}

static string WithoutTimes(string line) => string.Join(',', line.Split(',').SkipLast(2));

static int Train(string what, string path)
{
    using var run = File.Exists(Path.Combine(path, "config.json"))
        ? RunFolder.Open(path)
        : RunFolder.Create(path, new { Data = "iris" });
    var source = DataSource.Open("iris");
    using var task = source.Prepare(new() { Target = source.DefaultTarget });
    using var model = Models.Mlp(task.Inputs, task.Outputs, [32], 0.2);
    using var margin = new ScheduledLoss(new ArcFaceLoss(num_classes: 3, embedding_size: 3, margin: 0, scale: 8)).Bind(
        "margin",
        step => Math.Min(20, 0.01 * step)
    );
    Fix(margin);
    var adaptive = what == "adaptive";
    using var trainer = new Trainer(
        model,
        adaptive ? margin : nn.CrossEntropyLoss(),
        Optimizers.Factory("adamw", 1e-3),
        new()
        {
            Epochs = adaptive ? 600 : 400,
            BatchSize = 16,
            Accumulate = adaptive ? 3 : 1,
            Accumulation = adaptive ? Accumulation.Joined : Accumulation.BySamples,
            Average = adaptive ? new ExponentialAverage(0.9) : null,
            Schedule = adaptive ? new PlateauSchedule(20, 0.7, 0.05) : new CosineSchedule(),
            Metrics = adaptive ? null : task.Metrics,
        },
        // Counted before the checkpoint is written, which is then that of the counted step.
        [new ProgressCallback(_ => margin.step()), .. run.Callbacks(patience: 0, everyUpdates: 3, everySeconds: 0)]
    );
    run.Resume(trainer);
    Console.WriteLine("training");
    trainer.Fit(task.Train, task.Validation);
    return 0;
}

// The same initial weights in every process.
static void Fix(nn.Module loss)
{
    using var constant = no_grad();
    foreach (var learned in loss.parameters())
        learned.copy_(linspace(-1, 1, learned.numel()).view(learned.shape));
}
