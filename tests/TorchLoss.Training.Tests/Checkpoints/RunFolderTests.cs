namespace TorchLoss.Training.Tests;

public sealed class RunFolderTests
{
    sealed record Config(string Loss, long Seed);

    static string Run(string path, long? steps, out string metrics)
    {
        using var folder = File.Exists(Path.Combine(path, "config.json"))
            ? RunFolder.Open(path)
            : RunFolder.Create(path, new Config("ce", 11));
        using var run = new TestRun(TestRun.Options(steps), "adamw", [.. folder.Callbacks(3)]);
        folder.Resume(run.Trainer);
        run.Fit();
        var columns = File.ReadAllLines(folder.MetricsPath).Select(line => string.Join(',', line.Split(',')[..7]));
        metrics = string.Join('\n', columns);
        return run.Bits();
    }

    [Fact]
    public void A_run_goes_on_from_its_folder_alone()
    {
        using var folder = new TemporaryFolder();
        var whole = Run(folder.File("a"), null, out var expected);
        Run(folder.File("b"), 8, out _);
        Run(folder.File("b"), 13, out _);
        Assert.Equal(whole, Run(folder.File("b"), null, out var actual));
        Assert.Equal(expected, actual);
        Assert.StartsWith("epoch,step,learning_rate,train_loss,validation_loss,accuracy,macro_f1\n1,5,", actual);
        Assert.Equal(5, actual.Split('\n').Length);
        using var open = RunFolder.Open(folder.File("b"));
        Assert.Equal(new Config("ce", 11), open.ReadConfig<Config>());
        Assert.True(Checkpoint.Exists(open.BestPath));
    }

    [Fact]
    public void A_folder_serves_one_run_and_one_process()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("run");
        using (RunFolder.Create(path, new Config("ce", 1)))
            Assert.Contains("in use", Assert.Throws<CheckpointException>(() => RunFolder.Open(path)).Message);
        Assert.Contains("already", Assert.Throws<CheckpointException>(() => RunFolder.Create(path, 1)).Message);
        Assert.Contains(
            "no run",
            Assert.Throws<CheckpointException>(() => RunFolder.Open(folder.File("none"))).Message
        );
        File.WriteAllText(Path.Combine(path, "config.json"), new string('{', 5000));
        using var broken = RunFolder.Open(path);
        Assert.Throws<CheckpointException>(() => broken.ReadConfig<Config>());
        Assert.Throws<CheckpointException>(() => broken.ReadPreprocessing());
    }
}
