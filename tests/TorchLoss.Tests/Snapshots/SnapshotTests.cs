using System.Runtime.CompilerServices;
using TorchLoss.Tests.Shared;

namespace TorchLoss.Tests.Snapshots;

/// <summary>What users see, kept as text: the public API, and one loss as the generator completes it.</summary>
public class SnapshotTests
{
    [Fact]
    public void Public_api() => Snapshot.Matches("PublicApi.txt", PublicApi.Render(typeof(LossCatalog).Assembly));

    [Fact]
    public void Generated_half_of_the_focal_loss()
    {
        var generated = Directory
            .EnumerateFiles(Path.Combine(Source(), "src", "TorchLoss", "obj"), "TorchLoss.FocalLoss.g.cs", SearchOption.AllDirectories)
            .OrderByDescending(File.GetLastWriteTimeUtc)
            .First();

        Snapshot.Matches("FocalLoss.g.txt", File.ReadAllText(generated).TrimStart('\uFEFF'));
    }

    static string Source([CallerFilePath] string path = "") => Path.GetFullPath(Path.Combine(path, "..", "..", "..", ".."));
}
