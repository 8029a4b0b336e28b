namespace TorchLoss.Training.Tests;

public sealed class KeepCheckpointsTests
{
    [Fact]
    public void The_last_few_are_kept_and_any_can_be_gone_on_from()
    {
        using var folder = new TemporaryFolder();
        using var whole = new TestRun(null, "adamw", new KeepCheckpoints(folder.Path, 2));
        Directory.CreateDirectory(folder.File(".removed-step-000000001")); // what a kill left
        whole.Fit();
        var kept = KeepCheckpoints.All(folder.Path);
        Assert.Equal(["step-000000015", "step-000000020"], kept.Select(System.IO.Path.GetFileName));
        Assert.Equal(2, Directory.GetFileSystemEntries(folder.Path).Length);
        using var again = new TestRun();
        Assert.Empty(Checkpoint.Load(kept[0], again.Trainer));
        again.Fit();
        Assert.Equal(whole.Bits(), again.Bits());
        Assert.Throws<ArgumentException>(() => new KeepCheckpoints(folder.Path, 0));
    }

    [Fact]
    public void What_a_longer_run_left_goes_before_what_this_one_saves()
    {
        using var folder = new TemporaryFolder();
        using (var longer = new TestRun(null, "adamw", new KeepCheckpoints(folder.Path, 2)))
            longer.Fit();
        using var run = new TestRun(TestRun.Options() with { Epochs = 2 }, "sgd", new KeepCheckpoints(folder.Path, 2));
        run.Fit();
        var kept = KeepCheckpoints.All(folder.Path);
        Assert.Equal(["step-000000005", "step-000000010"], kept.Select(System.IO.Path.GetFileName));
        Checkpoint.Load(kept[^1], run.Trainer);
    }

    [Fact]
    public void Where_nothing_can_be_written_the_old_ones_stay_and_training_can_go_on()
    {
        using var folder = new TemporaryFolder();
        var all = folder.File("all");
        var block = false;
        using var whole = new TestRun();
        whole.Fit();
        using var run = new TestRun(
            null,
            "adamw",
            new ProgressCallback(onEpoch: record =>
            {
                // A file where the next checkpoint's directory has to be.
                if (block && record.Epoch == 3)
                    File.WriteAllText(Path.Combine(all, "step-000000015"), "");
            }),
            new KeepCheckpoints(all, 2)
        );
        block = true;
        Assert.Throws<CheckpointException>(() => run.Fit());
        Assert.Equal(["step-000000005", "step-000000010"], KeepCheckpoints.All(all).Select(System.IO.Path.GetFileName));
        Assert.DoesNotContain(Directory.GetFileSystemEntries(all), path => Path.GetFileName(path).StartsWith('.'));
        File.Delete(Path.Combine(all, "step-000000015"));
        run.Fit();
        Assert.Equal(whole.Bits(), run.Bits());
        using var resumed = new TestRun();
        Checkpoint.Load(KeepCheckpoints.All(all)[0], resumed.Trainer);
        resumed.Fit();
        Assert.Equal(whole.Bits(), resumed.Bits());
    }
}
