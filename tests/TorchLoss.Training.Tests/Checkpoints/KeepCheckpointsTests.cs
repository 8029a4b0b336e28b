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
}
