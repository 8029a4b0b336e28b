using TorchLoss.Tests.Shared;

namespace TorchLoss.Reporting.Tests.Snapshots;

/// <summary>What users see, kept as text.</summary>
public sealed class SnapshotTests
{
    [Fact]
    public void Public_api() => Snapshot.Matches("PublicApi.txt", PublicApi.Render(typeof(Chart).Assembly));
}
