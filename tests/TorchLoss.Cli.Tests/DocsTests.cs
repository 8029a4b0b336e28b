using System.Runtime.CompilerServices;
using TorchLoss.Cli.Docs;

namespace TorchLoss.Cli.Tests;

/// <summary>The pages of docs/losses are those of the catalogue.</summary>
public sealed class DocsTests
{
    const string Remedy = "is not what the catalogue says; run `torchloss docs` and read the difference";

    static string Folder([CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "docs", "losses");

    public static TheoryData<string> Pages => [.. FamilyPage.All.Select(p => p.File)];

    [Theory]
    [MemberData(nameof(Pages))]
    public void A_page_is_current_and_has_its_pictures(string file)
    {
        var page = FamilyPage.All.Single(p => p.File == file);
        Assert.True(Read(file) == page.Text(), $"docs/losses/{file} {Remedy}");
        Assert.All(
            page.Losses,
            loss => Assert.True(File.Exists(Path.Combine(Folder(), FamilyPage.Curve(loss))), loss.Name)
        );
    }

    [Fact]
    public void The_first_page_lists_every_loss_and_nothing_is_left_over()
    {
        Assert.True(Read("README.md") == FamilyPage.Index(), $"docs/losses/README.md {Remedy}");
        var pages = FamilyPage.All.Select(p => p.File).Append("README.md").Order(StringComparer.Ordinal);
        Assert.Equal(pages, Names("*.md"));
        var curves = LossCatalog.All.Select(l => Path.GetFileName(FamilyPage.Curve(l))).Order(StringComparer.Ordinal);
        Assert.Equal(curves, Names("curves/*.svg"));
    }

    [Fact]
    public void The_command_writes_the_pages()
    {
        using var folder = new TemporaryFolder();
        Command.Succeed("docs", "--text-only", "--out", folder.Path);
        Assert.Equal(FamilyPage.Index(), File.ReadAllText(folder.At("README.md")));
    }

    static string Read(string file)
    {
        var path = Path.Combine(Folder(), file);
        return File.Exists(path) ? File.ReadAllText(path).ReplaceLineEndings("\n") : "";
    }

    static IEnumerable<string> Names(string pattern)
    {
        var folder = Path.Combine(Folder(), Path.GetDirectoryName(pattern)!);
        return Directory
            .GetFiles(folder, Path.GetFileName(pattern))
            .Select(f => Path.GetFileName(f)!)
            .Order(StringComparer.Ordinal);
    }
}
