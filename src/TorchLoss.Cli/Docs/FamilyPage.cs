using System.Text;
using TorchLoss.Cli.Losses;
using TorchLoss.Verification;

namespace TorchLoss.Cli.Docs;

/// <summary>The page of a family of losses in Markdown, made from the catalogue alone.</summary>
/// <param name="Family">The family.</param>
sealed record FamilyPage(Family Family)
{
    /// <summary>Families that have losses, in their order.</summary>
    public static IEnumerable<FamilyPage> All =>
        LossCatalog.All.Select(l => l.Family).Distinct().Order().Select(f => new FamilyPage(f));

    /// <summary>The losses of the family.</summary>
    public IReadOnlyList<LossInfo> Losses =>
        [.. LossCatalog.All.Where(l => l.Family == Family).OrderBy(l => l.Name, StringComparer.Ordinal)];

    /// <summary>Where it is written.</summary>
    public string File => OptionReader.Snake(Family.ToString()).Replace('_', '-') + ".md";

    /// <summary>What it is called.</summary>
    public string Title => Words(Family);

    /// <summary>Where the curve of a loss is written.</summary>
    public static string Curve(LossInfo loss) => $"curves/{loss.Name}.svg";

    /// <summary>The first page: all families with their losses.</summary>
    public static string Index()
    {
        var text = new StringBuilder("# Losses\n\nWritten by `torchloss docs` from the catalogue.\n");
        foreach (var page in All)
        {
            text.Append($"\n## [{page.Title}]({page.File})\n\n| loss | what it does |\n|---|---|\n");
            foreach (var loss in page.Losses)
            {
                text.Append($"| [{loss.Name}]({page.File}#{Anchor(loss)}) | {Cell(loss.Summary)} |\n");
            }
        }

        return text.ToString();
    }

    /// <summary>The page.</summary>
    public string Text()
    {
        var text = new StringBuilder($"# {Title}\n\n[All losses](README.md)\n");
        foreach (var loss in Losses)
        {
            Describe(text, loss);
        }

        return text.ToString();
    }

    static void Describe(StringBuilder text, LossInfo loss)
    {
        text.Append($"\n## {loss.Name}\n\n{Escape(loss.Summary)}\n\n");
        text.Append($"$$\n{loss.Formula}\n$$\n\n{Escape(loss.Remarks)}\n\n");
        text.Append($"![{loss.Name}: value and gradient]({Curve(loss)})\n\n");
        text.Append($"- Function: `{Function(loss)}`\n");
        if (loss.Aliases.Count > 0)
        {
            text.Append($"- Also: {string.Join(", ", loss.Aliases)}\n");
        }

        text.Append($"- Source: {Escape(loss.Source)}\n");
        text.Append(loss.Kernel is null ? "- Computed by torch ops\n" : $"- Computed by the {loss.Kernel} kernel\n");
        if (loss.BuiltIn is { } builtIn)
        {
            text.Append($"- TorchSharp's own, or the nearest: {builtIn}\n");
        }

        Inputs(text, loss);
        Options(text, loss);
    }

    static void Inputs(StringBuilder text, LossInfo loss)
    {
        text.Append("\n| tensor | shape | meaning |\n|---|---|---|\n");
        foreach (var input in loss.Inputs)
        {
            var more = (input.IsList ? ", a list" : "") + (input.Optional ? ", may be left out" : "");
            text.Append($"| `{input.Name}` | ({Cell(input.Shape)}) | {OptionText.Words(input.Role)}{more} |\n");
        }

        foreach (var own in loss.OwnTensors)
        {
            var kind = own.Learned ? "learned" : "state";
            text.Append($"| `{own.Name}` | ({Cell(string.Join(" ", own.Sizes))}) | {kind}: {Cell(own.Doc)} |\n");
        }
    }

    static void Options(StringBuilder text, LossInfo loss)
    {
        if (loss.Options.Count == 0)
        {
            return;
        }

        text.Append("\n| option | type | default | meaning |\n|---|---|---|---|\n");
        foreach (var option in loss.Options)
        {
            var fallback = option.Required ? "must be given" : $"`{OptionText.Default(option) ?? "null"}`";
            var range = option.Range is null ? "" : $" Must be {option.Range}.";
            text.Append(
                $"| `{option.Name}` | {Cell(OptionText.Type(option))} | {fallback} | {Cell(option.Doc + range)} |\n"
            );
        }
    }

    static string Function(LossInfo loss) =>
        loss.Family is Family.Standard
            ? $"TorchLoss.Standard.Functional.{loss.Function}"
            : $"torch.nn.functional.{loss.Function}";

    static string Anchor(LossInfo loss) => loss.Name.ToLowerInvariant();

    /// <summary>A name in words: SelfSupervised is "Self-supervised".</summary>
    static string Words(Family family)
    {
        var words = OptionReader.Snake(family.ToString()).Replace('_', '-');
        return char.ToUpperInvariant(words[0]) + words[1..];
    }

    /// <summary>Signs that Markdown would take as its own.</summary>
    static string Escape(string text) =>
        text.Replace("*", "\\*", StringComparison.Ordinal)
            .Replace("_", "\\_", StringComparison.Ordinal)
            .Replace("<", "&lt;", StringComparison.Ordinal);

    static string Cell(string text) => Escape(text).Replace("|", "\\|", StringComparison.Ordinal);
}
