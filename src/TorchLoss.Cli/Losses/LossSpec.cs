using System.Text.Json;
using TorchLoss.Verification;

namespace TorchLoss.Cli.Losses;

/// <summary>A loss with options as written on the command line: <c>FocalLoss:gamma=1.5,alpha=0.3</c>.</summary>
/// <remarks>
/// A value is a number, true or false, a word, a list <c>[0.1,0.5]</c>, or a part with options <c>LpDistance(p=1)</c>.
/// </remarks>
sealed record LossSpec(LossInfo Info, OptionValues Options)
{
    /// <summary>The module.</summary>
    public ILoss Create() => Info.Create(Options);

    /// <summary>The options that change while training, and how; <see cref="Options"/> has their first values.</summary>
    public IReadOnlyDictionary<string, Schedule> Schedules { get; private init; } = new Dictionary<string, Schedule>();

    /// <summary>The name and what was said about its options.</summary>
    public string Title { get; private init; } = Info.Name;

    /// <summary>Reads <c>NAME[:option=value,...]</c>.</summary>
    /// <exception cref="UsageException">There is no such loss or option, or a value does not fit.</exception>
    public static LossSpec Parse(string text)
    {
        var colon = text.IndexOf(':');
        var info = Find((colon < 0 ? text : text[..colon]).Trim());
        var given = colon < 0 ? [] : Pairs(text[(colon + 1)..], text);
        try
        {
            var title = colon < 0 ? info.Name : $"{info.Name}:{text[(colon + 1)..].Trim()}";
            var schedules = TakeSchedules(given, info);
            var options = OptionReader.Read(given, info.Options, info.Name);
            foreach (var (option, schedule) in schedules)
            {
                options[option] = schedule.At(0);
            }

            return new(info, options) { Title = title, Schedules = schedules };
        }
        catch (ArgumentException e)
        {
            throw new UsageException("--loss " + e.Message);
        }
    }

    /// <summary>
    /// Cuts a list of losses apart, at semicolons and at the commas that end a loss: a piece such as <c>alpha=0.3</c>, with no name
    /// of its own, is an option of the loss before it.
    /// </summary>
    public static IReadOnlyList<string> Split(string list)
    {
        var losses = new List<string>();
        foreach (var group in list.Split(';'))
        {
            var first = true;
            foreach (var piece in AtCommas(group).Where(piece => piece.Trim().Length > 0))
            {
                if (!first && IsOption(piece))
                {
                    losses[^1] += "," + piece.Trim();
                }
                else
                {
                    losses.Add(piece.Trim());
                }

                first = false;
            }
        }

        return losses;
    }

    /// <summary>Numbers that are written as schedules: <c>gamma=LossWeightSchedule(end=2,total_steps=1000)</c>.</summary>
    static Dictionary<string, Schedule> TakeSchedules(Dictionary<string, JsonElement> given, LossInfo info)
    {
        var schedules = new Dictionary<string, Schedule>(StringComparer.Ordinal);
        foreach (var option in info.Options.Where(o => o.Type == typeof(double)))
        {
            if (given.GetValueOrDefault(option.Name) is not { ValueKind: JsonValueKind.Object } value)
            {
                continue;
            }

            var parts = value.EnumerateObject().ToDictionary(p => p.Name, p => p.Value);
            var name = parts.Remove("type", out var type) ? type.ToString() : "";
            if (LossCatalog.FindPart(name) is { Kind: nameof(Schedule) } part)
            {
                schedules[option.Name] = (Schedule)part.Create(OptionReader.Read(parts, part.Options, part.Name));
                given.Remove(option.Name);
            }
        }

        return schedules;
    }

    static bool IsOption(string piece) =>
        piece.IndexOf('=') is >= 0 and var equals && piece.IndexOf(':') is var colon && (colon < 0 || colon > equals);

    /// <summary>The loss of a name, or a message with the names that come near.</summary>
    public static LossInfo Find(string name) =>
        LossCatalog.Find(name)
        ?? throw new UsageException(
            $"there is no loss '{name}'. {Suggestion(name)}`torchloss list` shows all {LossCatalog.All.Count}."
        );

    static string Suggestion(string name)
    {
        var near = LossCatalog
            .All.Select(l => (l.Name, Distance: Distance(l.Name.ToLowerInvariant(), name.ToLowerInvariant())))
            .Where(l => l.Distance <= Math.Max(2, name.Length / 3))
            .OrderBy(l => l.Distance)
            .Take(3)
            .Select(l => l.Name)
            .ToList();
        return near.Count == 0 ? "" : $"Did you mean {string.Join(" or ", near)}? ";
    }

    static int Distance(string a, string b)
    {
        var previous = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var current = new int[b.Length + 1];
            current[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var change = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                current[j] = Math.Min(change, 1 + Math.Min(previous[j], current[j - 1]));
            }

            previous = current;
        }

        return previous[^1];
    }

    static Dictionary<string, JsonElement> Pairs(string text, string whole)
    {
        var pairs = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var item in AtCommas(text).Where(i => i.Trim().Length > 0))
        {
            var equals = item.IndexOf('=');
            if (equals <= 0)
            {
                throw new UsageException($"--loss {whole}: 'option=value' expected, got '{item.Trim()}'.");
            }

            pairs[item[..equals].Trim()] = Value(item[(equals + 1)..].Trim(), whole);
        }

        return pairs;
    }

    /// <summary>Splits at the commas that stand in no bracket.</summary>
    static IEnumerable<string> AtCommas(string text) => CutAt(text, i => text[i] == ',');

    /// <summary>Splits at single characters that stand in no bracket.</summary>
    /// <param name="text">What is split.</param>
    /// <param name="cut">Whether to split at a place.</param>
    internal static IEnumerable<string> CutAt(string text, Func<int, bool> cut)
    {
        var (depth, start) = (0, 0);
        for (var i = 0; i < text.Length; i++)
        {
            depth +=
                text[i] is '[' or '(' or '{' ? 1
                : text[i] is ']' or ')' or '}' ? -1
                : 0;
            if (depth == 0 && cut(i))
            {
                yield return text[start..i];
                start = i + 1;
            }
        }

        yield return text[start..];
    }

    static JsonElement Value(string text, string whole)
    {
        if (text.EndsWith(')') && text.IndexOf('(') is > 0 and var open)
        {
            var part = Pairs(text[(open + 1)..^1], whole);
            part["type"] = JsonSerializer.SerializeToElement(text[..open]);
            return JsonSerializer.SerializeToElement(part);
        }

        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 8 });
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return text.StartsWith('[') && text.EndsWith(']')
                ? JsonSerializer.SerializeToElement(AtCommas(text[1..^1]).Select(item => Value(item.Trim(), whole)))
                : JsonSerializer.SerializeToElement(text);
        }
    }
}
