using TorchLoss.Distributed;
using TorchLoss.Tests.Shared;

namespace TorchLoss.Training.Tests.Snapshots;

/// <summary>What users see, kept as text.</summary>
public sealed class SnapshotTests
{
    [Fact]
    public void Public_api() => Snapshot.Matches("PublicApi.txt", PublicApi.Render(typeof(Trainer).Assembly));

    [Fact]
    public void Public_api_of_several_processes() =>
        Snapshot.Matches("PublicApi.Distributed.txt", PublicApi.Render(typeof(MpiCollective).Assembly));
}
