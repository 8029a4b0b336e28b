using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace TorchLoss.Tests.Architecture;

/// <summary>The house keeps its shape: arrows point down, folders say what a file is, names clash with nobody's.</summary>
public partial class ArchitectureTests
{
    /// <summary>Who may reference whom; a project that is not listed may be referenced by tests alone.</summary>
    static readonly Dictionary<string, string[]> Below = new(StringComparer.Ordinal)
    {
        ["TorchLoss.Generator"] = [],
        ["TorchLoss"] = ["TorchLoss.Generator"],
        ["TorchLoss.Training"] = ["TorchLoss"],
        ["TorchLoss.Reporting"] = ["TorchLoss", "TorchLoss.Training"],
        ["TorchLoss.Distributed"] = ["TorchLoss", "TorchLoss.Training"],
        ["TorchLoss.Cli"] = ["TorchLoss", "TorchLoss.Training", "TorchLoss.Reporting", "TorchLoss.Distributed"],
    };

    static string Root([CallerFilePath] string path = "") =>
        Path.GetFullPath(Path.Combine(path, "..", "..", "..", ".."));

    static string Library => Path.Combine(Root(), "src", "TorchLoss");

    public static TheoryData<string> Projects =>
        [.. Directory.GetFiles(Path.Combine(Root(), "src"), "*.csproj", SearchOption.AllDirectories)];

    [Theory]
    [MemberData(nameof(Projects))]
    public void References_point_down(string project)
    {
        var allowed = Below[Path.GetFileNameWithoutExtension(project)];
        var references = References(XDocument.Load(project));

        Assert.Empty(references.Except(allowed));
    }

    [Fact]
    public void An_upward_reference_is_found()
    {
        var upward = XDocument.Parse(
            "<Project><ItemGroup><ProjectReference Include=\"../TorchLoss.Cli/TorchLoss.Cli.csproj\" /></ItemGroup></Project>"
        );

        Assert.NotEmpty(References(upward).Except(Below["TorchLoss"]));
    }

    static IEnumerable<string> References(XDocument project) =>
        project
            .Descendants("ProjectReference")
            .Select(r => Path.GetFileNameWithoutExtension(((string)r.Attribute("Include")!).Replace('\\', '/')));

    [Fact]
    public void The_library_depends_on_TorchSharp_alone()
    {
        var packages = XDocument
            .Load(Path.Combine(Library, "TorchLoss.csproj"))
            .Descendants("PackageReference")
            .Select(p => (string)p.Attribute("Include")!);

        Assert.Equal(["TorchSharp"], packages);
    }

    [Fact]
    public void A_loss_file_holds_one_loss_of_its_name_in_the_folder_of_its_family()
    {
        var misplaced =
            from loss in LossCatalog.All
            let folder = loss.Family is Family.Standard or Family.Compose
                ? Path.Combine(Library, loss.Family.ToString())
                : Path.Combine(Library, "Losses", loss.Family.ToString())
            where !File.Exists(Path.Combine(folder, loss.Name + ".cs"))
            select $"{loss.Name} is not in {folder}";

        Assert.Empty(misplaced);
    }

    [Fact]
    public void No_loss_names_a_kernel()
    {
        var naming =
            from file in Directory.EnumerateFiles(Path.Combine(Library, "Losses"), "*.cs", SearchOption.AllDirectories)
            where KernelNames().IsMatch(File.ReadAllText(file))
            select Path.GetFileName(file);

        Assert.Empty(naming);
    }

    [GeneratedRegex(@"\b(PointwiseEngine|SoftmaxEngine|FusedFunction|GradientPool|F512|F256|F128)\b")]
    private static partial Regex KernelNames();

    [Fact]
    public void No_name_in_our_namespace_repeats_one_of_TorchSharp()
    {
        var theirs = typeof(torch)
            .Assembly.GetExportedTypes()
            .Where(t => t.Namespace is "TorchSharp.Modules" or "TorchSharp" && !t.IsNested)
            .Select(t => t.Name.Split('`')[0])
            .Concat(typeof(torch.nn).GetMethods(BindingFlags.Public | BindingFlags.Static).Select(m => m.Name))
            .Concat(
                typeof(torch.nn.functional).GetMethods(BindingFlags.Public | BindingFlags.Static).Select(m => m.Name)
            )
            .ToHashSet(StringComparer.Ordinal);
        var ours = typeof(LossCatalog)
            .Assembly.GetExportedTypes()
            .Where(t => t.Namespace == "TorchLoss" && !t.IsNested)
            .Select(t => t.Name.Split('`')[0]);
        var functions = LossCatalog.All.Where(l => l.Family is not Family.Standard).Select(l => l.Function);

        Assert.DoesNotContain(ours.Concat(functions), theirs.Contains);
    }

    [Fact]
    public void There_is_no_namespace_that_hides_TorchSharps_modules() =>
        Assert.DoesNotContain(typeof(LossCatalog).Assembly.GetTypes(), t => t.Namespace == "TorchLoss.Modules");
}
