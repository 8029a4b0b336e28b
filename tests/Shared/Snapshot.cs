using System.Runtime.CompilerServices;

namespace TorchLoss.Tests.Shared;

/// <summary>A text that is kept beside the tests and reviewed when it changes; <c>scripts/accept-snapshots</c> takes over the new one.</summary>
static class Snapshot
{
    /// <summary>Fails with the first line that differs.</summary>
    public static void Matches(string name, string actual, [CallerFilePath] string caller = "")
    {
        var path = Path.Combine(Path.GetDirectoryName(caller)!, name);
        if (Environment.GetEnvironmentVariable("ACCEPT_SNAPSHOTS") == "1")
        {
            File.WriteAllText(path, actual);
        }

        var expected = File.Exists(path) ? File.ReadAllLines(path) : [];
        var lines = actual.TrimEnd('\n').Split('\n');
        for (var i = 0; i < Math.Max(expected.Length, lines.Length); i++)
        {
            var (old, now) = (
                expected.ElementAtOrDefault(i) ?? "(nothing)",
                lines.ElementAtOrDefault(i) ?? "(nothing)"
            );
            Assert.True(
                old.TrimEnd() == now.TrimEnd(),
                $"{name}, line {i + 1} was\n{old}\nand is\n{now}\nIf that is meant: scripts/accept-snapshots"
            );
        }
    }
}
