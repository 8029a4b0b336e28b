using TorchLoss.Verification;

namespace TorchLoss.Tests.Golden;

/// <summary>Every loss of the catalogue equals the original implementation, in value and gradient, as function and as module.</summary>
public class GoldenTests
{
    static string Folder => Path.Combine(AppContext.BaseDirectory, "Golden", "Cases");

    public static TheoryData<string> Files =>
        [
            .. Directory
                .GetFiles(Folder)
                .Select(p => Path.GetFileName(p))
                .Where(InCatalogue)
                .Order(StringComparer.Ordinal),
        ];

    [Theory]
    [MemberData(nameof(Files))]
    public void Equals_the_original(string file)
    {
        var result = CaseRunner.Run(Path.Combine(Folder, file));

        Assert.False(result.Skipped);
        Assert.True(result.Cases > 0);
        Assert.True(
            result.Failures.Count == 0,
            string.Join(Environment.NewLine, result.Failures.Select(f => $"{f.Case}: {f.What}"))
        );
    }

    [Fact]
    public void Every_loss_with_reference_cases_is_run()
    {
        var known = Directory.GetFiles(Folder).Select(NameOf).ToHashSet(StringComparer.Ordinal);

        // what is made of other losses has theirs, and so has what chooses between two
        var without = LossCatalog
            .All.Where(l => l.Family is not Family.Compose && l.Name != nameof(LovaszLoss))
            .Where(l => !known.Contains(l.Name) && !l.Aliases.Any(known.Contains))
            .Select(l => l.Name);

        Assert.Empty(without);
    }

    static bool InCatalogue(string file) =>
        file.EndsWith(".gz", StringComparison.Ordinal)
        && (LossCatalog.FindExact(NameOf(file)) is not null || LossCatalog.FindPart(NameOf(file)) is not null);

    static string NameOf(string file) => Path.GetFileName(file).Split('.')[0];
}
