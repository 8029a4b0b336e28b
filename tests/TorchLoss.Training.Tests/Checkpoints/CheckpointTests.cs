using System.Diagnostics;
using System.Security.Cryptography;

namespace TorchLoss.Training.Tests;

public sealed class CheckpointTests
{
    const int StepsPerEpoch = 5;

    public static TheoryData<string, int, int> Cuts
    {
        get
        {
            var cuts = new TheoryData<string, int, int>();
            foreach (var optimizer in Optimizers.Names)
            {
                cuts.Add(optimizer, 10, 1);
                cuts.Add(optimizer, 13, 1);
            }
            cuts.Add("adamw", 0, 1);
            cuts.Add("adamw", 3 * StepsPerEpoch, 1);
            cuts.Add("adamw", 4, 2);
            return cuts;
        }
    }

    [Theory]
    [MemberData(nameof(Cuts))]
    public void A_resumed_run_is_the_whole_run_bit_for_bit(string optimizer, int cut, int accumulate)
    {
        using var folder = new TemporaryFolder();
        var options = TestRun.Options() with { Accumulate = accumulate };
        using var whole = new TestRun(options, optimizer);
        var expected = whole.Fit();

        using (var first = new TestRun(options with { MaxSteps = cut }, optimizer))
        {
            Assert.Equal(StopReason.StepLimit, first.Fit().Reason);
            Checkpoint.Save(folder.File("last"), first.Trainer);
        }
        rand(7).Dispose();
        using var second = new TestRun(options, optimizer);
        Assert.Empty(Checkpoint.Load(folder.File("last"), second.Trainer));
        var actual = second.Fit();

        Assert.Equal(whole.Bits(), second.Bits());
        Assert.Equal(
            expected.History.Select(record =>
                (record.Step, record.LearningRate, record.TrainLoss, record.ValidationLoss)
            ),
            actual.History.Select(record => (record.Step, record.LearningRate, record.TrainLoss, record.ValidationLoss))
        );
        Assert.Equal(
            OptimizerSnapshot.Tensors(whole.Trainer.Optimizer).Values.Select(Sum),
            OptimizerSnapshot.Tensors(second.Trainer.Optimizer).Values.Select(Sum)
        );
    }

    static string Sum(Tensor value) => Convert.ToHexString(SHA256.HashData(value.contiguous().bytes));

    [Fact]
    public void Torchs_own_chance_goes_on_too()
    {
        using var folder = new TemporaryFolder();
        using var run = new TestRun();
        Checkpoint.Save(folder.File("c"), run.Trainer);
        using var expected = rand(5);
        using var other = new TestRun();
        Checkpoint.Load(folder.File("c"), other.Trainer);
        using var actual = rand(5);
        Assert.Equal(expected.data<float>().ToArray(), actual.data<float>().ToArray());
    }

    [Fact]
    public void What_a_loss_learned_comes_back()
    {
        using var folder = new TemporaryFolder();
        using var run = new TestRun();
        using var loss = new TrainerTests.Scaled();
        using var trainer = new Trainer(run.Model, loss, Optimizers.Factory("adam", 0.1), TestRun.Options());
        trainer.Fit(run.Train);
        Checkpoint.Save(folder.File("c"), trainer);
        using var fresh = new TrainerTests.Scaled();
        using var again = new Trainer(run.Model, fresh, Optimizers.Factory("adam", 0.1), TestRun.Options());
        Checkpoint.Load(folder.File("c"), again);
        Assert.Equal(loss.Scale.item<float>(), fresh.Scale.item<float>());
        using var plain = new TestRun(null, "adam");
        Assert.Throws<CheckpointException>(() => Checkpoint.Load(folder.File("c"), plain.Trainer));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.02)]
    [InlineData(1000)]
    public void A_stopped_run_that_is_resumed_ends_with_the_best_weights_as_well(double seconds)
    {
        using var folder = new TemporaryFolder();
        (string, int) Run(string name, params long[] cuts)
        {
            foreach (var cut in cuts.Append(long.MaxValue))
            {
                using var run = new TestRun(
                    TestRun.Options(cut) with
                    {
                        Epochs = 60,
                        Schedule = new ConstantSchedule(),
                    },
                    "adamw",
                    new EarlyStopping(4, bestFolder: folder.File(name + "best")),
                    new CheckpointCallback(
                        folder.File(name + "last"),
                        folder.File(name + "best"),
                        everySeconds: seconds
                    )
                );
                using var held = new TensorSet(run.Train.Inputs + 0.3, run.Train.Targets.roll(3));
                if (Checkpoint.Exists(folder.File(name + "last")))
                    Checkpoint.Load(folder.File(name + "last"), run.Trainer);
                var result = run.Trainer.Fit(run.Train, held);
                if (result.Reason == StopReason.Stopped)
                    return (run.Bits(), result.History.Count);
            }
            throw new InvalidOperationException("never stopped");
        }
        var whole = Run("a");
        Assert.Equal(whole, Run("b", 3, 9));
        // Also where nothing is left to do.
        Assert.Equal(whole, Run("b"));
        // Also where the cut lies between the best epoch and the end.
        Assert.Equal(whole, Run("c", (whole.Item2 - 1) * StepsPerEpoch));
    }

    [Fact]
    public void A_checkpoint_of_another_run_changes_nothing()
    {
        using var folder = new TemporaryFolder();
        using var run = new TestRun();
        run.Fit();
        Checkpoint.Save(folder.File("c"), run.Trainer);
        void Refused(TestRun other, string reason)
        {
            using (other)
            {
                var before = other.Bits();
                var error = Assert.Throws<CheckpointException>(() => Checkpoint.Load(folder.File("c"), other.Trainer));
                Assert.Contains(reason, error.Message, StringComparison.Ordinal);
                Assert.Equal(before, other.Bits());
            }
        }
        Refused(new(TestRun.Options() with { Seed = 1 }), "seed");
        Refused(new(TestRun.Options() with { BatchSize = 8 }), "batch size");
        Refused(new(null, "sgd"), "AdamW");
        using var wide = Models.Mlp(6, 2, [17], 0.3);
        using var trainer = new Trainer(
            wide,
            nn.CrossEntropyLoss(),
            Optimizers.Factory("adamw", 0.01),
            TestRun.Options()
        );
        Assert.Contains(
            "linear0.weight",
            Assert.Throws<CheckpointException>(() => Checkpoint.Load(folder.File("c"), trainer)).Message
        );
        Assert.Throws<CheckpointException>(() => Checkpoint.LoadModel(folder.File("c"), wide));
    }

    [Fact]
    public void Another_number_of_threads_is_noted()
    {
        using var folder = new TemporaryFolder();
        using var run = new TestRun();
        Checkpoint.Save(folder.File("c"), run.Trainer);
        var threads = get_num_threads();
        set_num_threads(threads + 1);
        try
        {
            Assert.Contains(
                "threads",
                Assert.Single(Checkpoint.Load(folder.File("c"), run.Trainer)),
                StringComparison.Ordinal
            );
        }
        finally
        {
            set_num_threads(threads);
        }
    }

    [Fact]
    public void Every_flipped_bit_and_every_lost_byte_is_noticed()
    {
        using var folder = new TemporaryFolder();
        using var run = new TestRun();
        var path = folder.File("c");
        Checkpoint.Save(path, run.Trainer);
        var before = run.Bits();
        foreach (var file in Directory.GetFiles(path))
        {
            var whole = File.ReadAllBytes(file);
            for (var seed = 0; seed < 25; seed++)
            {
                var random = new Random(seed);
                var damaged = (byte[])whole.Clone();
                damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
                File.WriteAllBytes(file, damaged);
                Assert.Throws<CheckpointException>(() => Checkpoint.Load(path, run.Trainer));
                File.WriteAllBytes(file, whole[..random.Next(whole.Length)]);
                Assert.Throws<CheckpointException>(() => Checkpoint.Load(path, run.Trainer));
            }
            File.Delete(file);
            Assert.Throws<CheckpointException>(() => Checkpoint.Load(path, run.Trainer));
            File.WriteAllBytes(file, whole);
        }
        Assert.Equal(before, run.Bits());
        Checkpoint.Load(path, run.Trainer);
    }

    /// <summary>Forges a state that the sums agree with, as somebody who means harm would.</summary>
    static void Forge(string path, string name, Func<byte[], byte[]> change)
    {
        var file = Path.Combine(path, name);
        File.WriteAllBytes(file, change(File.ReadAllBytes(file)));
        var sums = Path.Combine(path, "SHA256SUMS");
        var lines = File.ReadAllLines(sums).Where(line => !line.EndsWith("  " + name, StringComparison.Ordinal));
        var sum = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)));
        File.WriteAllLines(sums, lines.Append($"{sum}  {name}"));
    }

    [Fact]
    public void A_forged_state_is_refused()
    {
        using var folder = new TemporaryFolder();
        using var run = new TestRun();
        run.Fit();
        var path = folder.File("c");
        Checkpoint.Save(path, run.Trainer);
        var good = File.ReadAllText(Path.Combine(path, "state.json"));
        var random = Convert.ToBase64String(RngState.Capture());
        string[] forged =
        [
            "",
            "null",
            "{}",
            "[]",
            new string('[', 5000) + new string(']', 5000),
            good.Replace("\"format_version\": 1", "\"format_version\": 2"),
            good.Replace("\"epoch\": 4", "\"epoch\": 3"),
            good.Replace("\"step\": 20", "\"step\": -1"),
            good.Replace("\"step\": 20", "\"step\": 1e99"),
            good.Replace("\"position\": {", "\"position\": null, \"nothing\": {"),
            good.Replace("\"kind\": \"cosine\"", "\"kind\": \"System.IO.File\""),
            good.Replace("AdamW", "Adam"),
            good.Replace("\"exp_avg", "\"other"),
            good.Replace(random, Convert.ToBase64String(new byte[5056])),
            good.Replace(random, Convert.ToBase64String(new byte[3])),
            good.Replace(random, "not base64!"),
            good.Replace("\"seed\": 11", "\"seed\": 11, \"seed\": 12"),
        ];
        var before = run.Bits();
        foreach (var text in forged.Where(text => text != good))
        {
            Forge(path, "state.json", _ => System.Text.Encoding.UTF8.GetBytes(text));
            Assert.Throws<CheckpointException>(() => Checkpoint.Load(path, run.Trainer));
        }
        Assert.Equal(before, run.Bits());
    }

    [Fact]
    public void Forged_tensors_and_strangers_are_refused()
    {
        using var folder = new TemporaryFolder();
        using var run = new TestRun();
        run.Fit();
        var path = folder.File("c");
        void Refused(Action forge)
        {
            Checkpoint.Save(path, run.Trainer);
            forge();
            Assert.Throws<CheckpointException>(() => Checkpoint.Load(path, run.Trainer));
            if (Directory.Exists(path))
                Directory.Delete(path, recursive: true);
        }
        byte[] Rename(byte[] bytes, string from, string to) =>
            System.Text.Encoding.Latin1.GetBytes(System.Text.Encoding.Latin1.GetString(bytes).Replace(from, to));
        Refused(() => Forge(path, "model.safetensors", bytes => Rename(bytes, "linear0", "linearX")));
        Refused(() => Forge(path, "optimizer.safetensors", bytes => Rename(bytes, "0.exp_avg\"", "0.exp_bvg\"")));
        Refused(() => Forge(path, "optimizer.safetensors", bytes => Rename(bytes, "[16,6]", "[6,16]")));
        Refused(() => Forge(path, "model.safetensors", bytes => [.. bytes, 0]));
        Refused(() => File.WriteAllText(Path.Combine(path, "more.txt"), "x"));
        Refused(() => Directory.CreateDirectory(Path.Combine(path, "more")));
        Refused(() => File.AppendAllText(Path.Combine(path, "SHA256SUMS"), "00  ../../etc/passwd\n"));
        Refused(() => File.AppendAllText(Path.Combine(path, "SHA256SUMS"), "00  ..\n"));
        Refused(() => Directory.Delete(path, recursive: true));
        Refused(() =>
        {
            var model = Path.Combine(path, "model.safetensors");
            File.Move(model, folder.File("elsewhere"), overwrite: true);
            File.CreateSymbolicLink(model, folder.File("elsewhere"));
        });
    }

    [Fact]
    public void What_a_killed_process_left_is_swept_and_what_stepped_aside_comes_back()
    {
        using var folder = new TemporaryFolder();
        using var run = new TestRun();
        var path = folder.File("last");
        Checkpoint.Save(path, run.Trainer);
        var dead = DeadProcess();
        Directory.CreateDirectory(folder.File($".last.new-{dead}-abc"));
        Directory.Move(path, folder.File($".last.old-{dead}-abc"));
        Assert.True(Checkpoint.Exists(path));
        Checkpoint.Load(path, run.Trainer);
        Directory.CreateDirectory(folder.File($".last.new-{dead}-abc"));
        Directory.CreateDirectory(folder.File($".last.old-{dead}-abc"));
        Checkpoint.Save(path, run.Trainer);
        Assert.Equal(["last"], Directory.GetFileSystemEntries(folder.Path).Select(Path.GetFileName));
    }

    /// <summary>In a container every process has the same number, such as 1.</summary>
    [Fact]
    public void What_an_earlier_process_of_the_same_number_left_is_not_taken_for_ones_own()
    {
        using var folder = new TemporaryFolder();
        using var run = new TestRun();
        var path = folder.File("last");
        Checkpoint.Save(path, run.Trainer);
        Directory.Move(path, folder.File($".last.old-{Environment.ProcessId}-{Guid.NewGuid():N}"));
        Directory.CreateDirectory(folder.File($".last.new-{Environment.ProcessId}-{Guid.NewGuid():N}"));
        Checkpoint.Load(path, run.Trainer);
        Assert.Equal(["last"], Directory.GetFileSystemEntries(folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void Metrics_go_into_a_folder_that_is_not_there_yet_and_trouble_names_the_file()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("new/metrics.csv");
        using var run = new TestRun(null, "adamw", new CsvLog(path));
        run.Fit();
        Assert.Equal(5, File.ReadAllLines(path).Length);
        Directory.CreateDirectory(folder.File("taken"));
        using var other = new TestRun(null, "adamw", new CsvLog(folder.File("taken")));
        Assert.Contains("taken", Assert.Throws<CheckpointException>(() => other.Fit()).Message);
    }

    static int DeadProcess()
    {
        using var process = Process.Start(
            new ProcessStartInfo("dotnet", "--version") { RedirectStandardOutput = true, UseShellExecute = false }
        )!;
        process.WaitForExit();
        return process.Id;
    }

    [Fact]
    public void Saving_where_it_cannot_leaves_nothing_behind()
    {
        using var folder = new TemporaryFolder();
        using var run = new TestRun();
        File.WriteAllText(folder.File("file"), "");
        Assert.Throws<CheckpointException>(() => Checkpoint.Save(folder.File("file/c"), run.Trainer));
        Assert.Throws<CheckpointException>(() => Checkpoint.Save(folder.File("file"), run.Trainer));
        Assert.Equal(["file"], Directory.GetFileSystemEntries(folder.Path).Select(Path.GetFileName));
    }
}
