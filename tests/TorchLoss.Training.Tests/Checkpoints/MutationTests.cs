using TorchLoss.Mutations;

namespace TorchLoss.Training.Tests;

/// <summary>A few of the spoilt files that scripts/mutate-files.cs reads by the thousand.</summary>
public sealed class MutationTests
{
    [Fact]
    public void Spoilt_files_are_refused_or_hold_what_they_held()
    {
        var counts = MutationRun.Run(900, seed: 7);
        Assert.Equal(900, counts.Values.Sum());
        foreach (var subject in new[] { "checkpoint", "table", "case file", "image", "idx file" })
            Assert.InRange(counts[(subject, Outcome.Refused)], 30, 180);
    }
}
