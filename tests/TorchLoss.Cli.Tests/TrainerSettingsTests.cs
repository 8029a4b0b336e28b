using TorchLoss.Cli.Runs;
using TorchLoss.Training;

namespace TorchLoss.Cli.Tests;

/// <summary>The trainer's abilities from the command line: what they do, and that a run with them goes on bit for bit.</summary>
public sealed class TrainerSettingsTests
{
    static readonly string[] All =
    [
        "--average ema:0.9",
        "--average swa:0.2",
        "--schedule plateau:patience=0,gamma=0.5",
        "--schedule onecycle",
        "--accumulate 2 --clip 0.1",
        "--clip 0 --clip-value 0.01 --weight-decay 0.3 --optimizer adam",
        "--class-weights balanced",
        "--loss ProxyAnchorLoss",
        "--loss CrossEntropyLoss+0.5*LovaszSoftmaxLoss",
        "--loss SoftmaxFocalLoss:gamma=LossWeightSchedule(total_steps=20,start=0,end=3)",
        "--precision float64 --threads 2 --limit-batches 3 --limit-validation-batches 1",
        "--overfit-batches 1",
    ];

    public static TheoryData<string> Settings => [.. All];

    [Theory]
    [MemberData(nameof(Settings))]
    public void A_run_that_was_stopped_ends_as_one_that_was_not(string settings)
    {
        using var folder = new TemporaryFolder();
        var (whole, stopped) = (folder.At("whole"), folder.At("stopped"));
        string[] args = ["train", "--data", "iris", "--epochs", "6", "--seed", "1", .. settings.Split(' ')];
        Command.Succeed([.. args, "--out", whole]);
        Command.Succeed([.. args, "--out", stopped]);
        Directory.Delete(Path.Combine(stopped, "checkpoints"), recursive: true);
        StopAfter(stopped, updates: 5);
        Command.Succeed("train", "--resume", stopped);
        foreach (var part in (string[])["best", "last"])
        {
            Assert.Equal(Weights(whole, part), Weights(stopped, part));
        }

        Assert.Equal(Table(whole), Table(stopped));
    }

    [Fact]
    public void Each_setting_makes_another_run()
    {
        using var folder = new TemporaryFolder();
        var runs = All.Append("--seed 0")
            .Where(settings => !settings.Contains("--loss", StringComparison.Ordinal))
            .Select(
                (settings, i) =>
                {
                    var run = folder.At($"{i}");
                    Command.Succeed(["train", "--data", "iris", "--epochs", "4", .. settings.Split(' '), "--out", run]);
                    return Convert.ToHexString(
                        File.ReadAllBytes(Path.Combine(run, "checkpoints", "best", "model.safetensors"))
                    );
                }
            )
            .ToList();
        Assert.Equal(runs.Count, runs.Distinct().Count());
    }

    [Fact]
    public void Time_that_is_over_stops_a_run_that_can_go_on()
    {
        using var folder = new TemporaryFolder();
        var run = folder.At("run");
        var answer = Command.Succeed("train", "--data", "iris", "--max-time", "00:00:00", "--out", run);
        Assert.Contains("the time of 00:00:00 is over", answer.Out, StringComparison.Ordinal);
        Assert.Contains($"--resume {run}", answer.Out, StringComparison.Ordinal);
        Command.Succeed("train", "--resume", run);
    }

    [Fact]
    public void A_fast_dev_run_is_one_batch_and_patience_ends_a_run()
    {
        using var folder = new TemporaryFolder();
        var fast = Command.Succeed("train", "--fast-dev-run", "--out", folder.At("fast"), "--json").Json;
        Assert.Equal(1, fast.GetProperty("epochs").GetInt32());
        Assert.Equal("1", Table(folder.At("fast"))[1].Split(',')[1]);
        var patient = Command
            .Succeed(
                "train",
                "--data",
                "iris",
                "--lr",
                "1e-12",
                "--patience",
                "1",
                "--out",
                folder.At("patient"),
                "--json"
            )
            .Json;
        Assert.InRange(patient.GetProperty("epochs").GetInt32(), 2, 20);
    }

    [Fact]
    public void Batches_that_are_learnt_by_heart_come_close_to_0()
    {
        using var folder = new TemporaryFolder();
        Command.Succeed(
            "train",
            "--overfit-batches",
            "1",
            "--epochs",
            "150",
            "--lr",
            "0.01",
            "--out",
            folder.At("run")
        );
        Assert.True(double.Parse(Table(folder.At("run"))[^1].Split(',')[3]) < 0.01);
    }

    [Fact]
    public void Files_that_are_asked_for_are_there()
    {
        using var folder = new TemporaryFolder();
        var run = folder.At("run");
        Command.Succeed("train", "--data", "iris", "--epochs", "3", "--keep-last", "2", "--tensorboard", "--out", run);
        Assert.Equal(2, Directory.GetDirectories(Path.Combine(run, "checkpoints", "kept")).Length);
        Assert.Single(Directory.GetFiles(Path.Combine(run, "tensorboard")));
    }

    [Fact]
    public void Terms_of_a_sum_are_shown_and_kept()
    {
        using var folder = new TemporaryFolder();
        var run = folder.At("run");
        var loss = "MSELoss+0.5*L1Loss+2*HuberLoss:delta=0.5";
        var answer = Command.Succeed("train", "--data", "engel", "--epochs", "2", "--loss", loss, "--out", run);
        Assert.Contains("(MSELoss ", answer.Out, StringComparison.Ordinal);
        var table = Table(run);
        Assert.Contains(
            "train_loss.MSELoss,train_loss.L1Loss,train_loss.HuberLoss",
            table[0],
            StringComparison.Ordinal
        );
        var numbers = table[^1].Split(',').Select(double.Parse).ToArray();
        Assert.Equal(numbers[3], numbers[4..7].Sum(), 1e-5);
    }

    [Fact]
    public void Weights_of_rows_count()
    {
        using var folder = new TemporaryFolder();
        var random = new Random(2);
        var rows = Enumerable
            .Range(0, 120)
            .Select(i =>
                $"{random.NextDouble()},{(i % 3 == 0 ? 1 : 0)},{(i % 3 == 0 ? 5 : 1) + 0.1 * random.NextDouble()}"
            );
        var file = folder.File("data.csv", "x,w,y\n" + string.Join('\n', rows));
        double Mean(params string[] options)
        {
            var run = folder.At(Guid.NewGuid().ToString("N"));
            string[] args =
            [
                "train",
                "--data",
                file,
                "--target",
                "y",
                "--model",
                "linear",
                "--epochs",
                "100",
                "--lr",
                "0.05",
                "--out",
                run,
            ];
            Command.Succeed([.. args, .. options]);
            using var plan = RunPlan.Of(Folder(run).ReadConfig<RunConfig>());
            using var trained = new Run(plan, new EarlyStopping(0));
            Checkpoint.LoadModel(Path.Combine(run, "checkpoints", "best"), trained.Trainer.Model);
            var target = (NumberTarget)plan.Task.Preprocessing.Target;
            return trained.Trainer.Predict(plan.Sets.Train.Inputs).mean().ToDouble() * target.Deviation + target.Mean;
        }

        foreach (var loss in (string[])["MSELoss", "LogCoshLoss", "MSELoss+0.1*L1Loss"])
        {
            Assert.Equal(5.05, Mean("--sample-weight", "w", "--loss", loss), 0.1);
        }

        Command.Refused(2, ["--sample-weight"], "train", "--data", file, "--sample-weight", "nothing");
        Command.Refused(
            2,
            ["builtin:MSELoss"],
            "train",
            "--data",
            file,
            "--sample-weight",
            "w",
            "--loss",
            "builtin:MSELoss"
        );
    }

    [Fact]
    public void Rare_classes_are_found_where_all_have_the_same_say()
    {
        using var folder = new TemporaryFolder();
        double F1(string weights) =>
            Command
                .Succeed(
                    "train",
                    "--data",
                    "seattle_weather",
                    "--epochs",
                    "30",
                    "--class-weights",
                    weights,
                    "--out",
                    folder.At(weights),
                    "--json"
                )
                .Json.GetProperty("metrics")
                .GetProperty("accuracy")
                .GetDouble();
        Assert.True(F1("balanced") < F1("none"), "rare classes were bought with accuracy");
    }

    [Fact]
    public void A_learning_rate_is_found()
    {
        using var folder = new TemporaryFolder();
        var answer = Command.Succeed("train", "--find-lr", "--out", folder.At("rate"), "--json").Json;
        Assert.InRange(answer.GetProperty("suggestion").GetDouble(), 1e-4, 1);
        Assert.True(new FileInfo(folder.At("rate", "learning-rate.svg")).Length > 1000);
        Assert.True(File.ReadAllLines(folder.At("rate", "learning-rate.csv")).Length > 10);
    }

    [Theory]
    [InlineData("--schedule", "sine", "one-cycle")]
    [InlineData("--schedule", "step:drops=1.5", "whole number")]
    [InlineData("--schedule", "cosine:final=-1", "from 0")]
    [InlineData("--schedule", "warmup-cosine:warmup=2", "0 to 1")]
    [InlineData("--schedule", "constant:gamma=1", "takes no options")]
    [InlineData("--schedule", "plateau:patience", "option=value")]
    [InlineData("--average", "ema:1", "below 1")]
    [InlineData("--average", "mean", "swa")]
    [InlineData("--accumulate", "0", "from 1")]
    [InlineData("--clip", "-1", "at least 0")]
    [InlineData("--clip", "NaN", "at least 0")]
    [InlineData("--max-time", "10", "00:10:00")]
    [InlineData("--max-time", "soon", "00:10:00")]
    [InlineData("--patience", "-1", "from 0")]
    [InlineData("--class-weights", "heavy", "balanced")]
    [InlineData("--precision", "half", "float64")]
    [InlineData("--threads", "0", "from 1")]
    [InlineData("--keep-last", "0", "from 1")]
    [InlineData("--weight-decay", "inf", "at least 0")]
    [InlineData("--loss", "MSELoss+NothingLoss", "NothingLoss")]
    [InlineData("--loss", "CrossEntropyLoss+SupConLoss", "share")]
    [InlineData("--loss", "1e+3*CrossEntropyLoss+NoLoss", "'NoLoss'")]
    [InlineData("--loss", "CombinedLoss", "A+0.5*B")]
    [InlineData("--sample-weight", "digit", "both")]
    public void Wrong_values_are_refused(string option, string value, string accepted) =>
        Command.Refused(2, [accepted], "train", option, value);

    [Theory]
    [InlineData("--fast-dev-run --epochs 3", "--epochs")]
    [InlineData("--fast-dev-run --overfit-batches 3", "--overfit-batches")]
    [InlineData("--overfit-batches 3 --limit-batches 3", "--limit-batches")]
    [InlineData("--data diabetes --class-weights balanced", "classification")]
    [InlineData("--loss SupConLoss --class-weights balanced", "SupConLoss")]
    [InlineData("--loss DiceLoss --class-weights balanced", "DiceLoss")]
    [InlineData("--resume . --accumulate 2", "--accumulate")]
    [InlineData("--resume . --find-lr", "--find-lr")]
    public void Options_that_contradict_each_other_are_refused(string options, string words) =>
        Command.Refused(2, [words], ["train", .. options.Split(' ')]);

    /// <summary>Begins the run of a folder anew and cancels it.</summary>
    static void StopAfter(string path, int updates)
    {
        using var folder = Folder(path);
        using var plan = RunPlan.Of(folder.ReadConfig<RunConfig>());
        using var cancel = new CancellationTokenSource();
        var stop = new ProgressCallback(batch =>
        {
            if (batch.Step == updates)
            {
                cancel.Cancel();
            }
        });
        var choices = plan.Config.Trainer;
        using var run = new Run(plan, [.. folder.Callbacks(plan.Config.Patience, choices.Monitor()), stop]);
        Assert.True(run.Finish(cancel.Token).IsCancelled, "it ended before it was stopped");
    }

    static RunFolder Folder(string path) => RunFolder.Open(path);

    static byte[] Weights(string run, string part) =>
        File.ReadAllBytes(Path.Combine(run, "checkpoints", part, "model.safetensors"));

    /// <summary>The lines of the epochs without their times.</summary>
    static string[] Table(string run) =>
        [
            .. File.ReadAllLines(Path.Combine(run, "metrics.csv"))
                .Select(line => string.Join(',', line.Split(',')[..^2])),
        ];
}
