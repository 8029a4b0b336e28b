using System.Globalization;
using System.Reflection;
using System.Text.Json;

namespace TorchLoss.Verification;

/// <summary>Options from JSON or from text, in the types that a loss or part wants.</summary>
/// <remarks>
/// A part is written <c>{"type": "LpDistance", "p": 1}</c> or just by its name, an enum member in snake case, a list as an array.
/// </remarks>
public static class OptionReader
{
    /// <summary>Reads options by name.</summary>
    /// <param name="given">The options as JSON.</param>
    /// <param name="known">What the loss or part accepts.</param>
    /// <param name="owner">The loss or part, for messages.</param>
    /// <exception cref="ArgumentException">An option is unknown or its value does not fit; the message says what is accepted.</exception>
    public static OptionValues Read(
        IEnumerable<KeyValuePair<string, JsonElement>> given,
        IReadOnlyList<OptionInfo> known,
        string owner
    )
    {
        var values = new OptionValues();
        foreach (var (name, value) in given)
        {
            var option =
                known.FirstOrDefault(o => o.Name == name || o.Aliases.Contains(name, StringComparer.Ordinal))
                ?? throw new ArgumentException($"{owner} has no option '{name}'; it has {Names(known)}.", name);
            values[option.Name] = Value(value, option, owner);
        }

        return values;
    }

    /// <summary>One value in the type of its option.</summary>
    /// <exception cref="ArgumentException">It does not fit.</exception>
    public static object? Value(JsonElement value, OptionInfo option, string owner)
    {
        if (value.ValueKind is JsonValueKind.Null)
        {
            return null;
        }

        try
        {
            return Convert(value, option);
        }
        catch (Exception e)
            when (e is FormatException or InvalidOperationException or OverflowException or CaseFileException)
        {
            var got = value.GetRawText();
            throw new ArgumentException(
                $"{owner}: option {option.Name} must be {Accepted(option)}, got {(got.Length > 80 ? got[..80] + "…" : got)}.",
                option.Name,
                e
            );
        }
    }

    /// <summary>What an option accepts, in words.</summary>
    public static string Accepted(OptionInfo option)
    {
        var type = option.Type;
        var range = option.Range is null ? "" : $" {option.Range}";
        return type.IsEnum ? "one of " + string.Join(", ", Enum.GetNames(type).Select(Snake))
            : option.Choices is { } choices ? "one of " + string.Join(", ", Methods(choices).Select(m => m.Name))
            : typeof(Part).IsAssignableFrom(type) ? "one of " + string.Join(", ", PartsOf(type).Select(p => p.Name))
            : type == typeof(nn.Module<Tensor, Tensor, Tensor>)
                ? "a loss, by its name or as {\"type\": name, option: value, ...}"
            : type == typeof(LossList) ? "a list of losses, each by its name or as {\"type\": name, option: value, ...}"
            : type == typeof(double) ? "a number" + range
            : type == typeof(long) || type == typeof(int) ? "an integer" + range
            : type == typeof(bool) ? "true or false"
            : type == typeof(string) ? "a text"
            : type == typeof(ClassCounts) ? "a list of counts, each at least 1"
            : type == typeof(Tensor) ? "a list of numbers"
            : type.Name.StartsWith("IReadOnlyList", StringComparison.Ordinal) ? "a list of numbers" + range
            : type.Name;
    }

    /// <summary>An enum member as options spell it: BatchMean is batchmean or batch_mean.</summary>
    public static string Snake(string name) =>
        string.Concat(
            name.Select(
                (c, i) => i > 0 && char.IsUpper(c) ? "_" + char.ToLowerInvariant(c) : char.ToLowerInvariant(c) + ""
            )
        );

    static object Convert(JsonElement value, OptionInfo option)
    {
        var type = option.Type;
        if (type.IsEnum)
        {
            return EnumMember(type, String(value));
        }

        if (option.Choices is { } choices)
        {
            var name = String(value);
            var method =
                Methods(choices).FirstOrDefault(m => Same(m.Name, name))
                ?? throw new FormatException($"no choice {name}");
            return method.CreateDelegate(type);
        }

        if (typeof(Part).IsAssignableFrom(type))
        {
            return MakePart(value, type);
        }

        if (type.GetMethod("FromOption", BindingFlags.Public | BindingFlags.Static, [typeof(object)]) is { } from)
        {
            return FromOption(from, value);
        }

        return type switch
        {
            _ when type == typeof(nn.Module<Tensor, Tensor, Tensor>) => MakeLoss(value),
            _ when type == typeof(LossList) => MakeLosses(value),
            _ when type == typeof(double) => Number(value),
            _ when type == typeof(long) => Integer(value),
            _ when type == typeof(int) => checked((int)Integer(value)),
            _ when type == typeof(bool) => Flag(value),
            _ when type == typeof(string) => String(value),
            _ when type == typeof(ClassCounts) => new ClassCounts(List(value).Select(Integer)),
            _ when type == typeof(Tensor) => tensor(List(value).Select(Number).ToArray()).DetachFromDisposeScope(),
            _ when type == typeof(IReadOnlyList<double>) => List(value).Select(Number).ToArray(),
            _ when type == typeof(IReadOnlyList<long>) => List(value).Select(Integer).ToArray(),
            _ => throw new FormatException($"an option of type {type.Name} cannot be written as text"),
        };
    }

    static object FromOption(MethodInfo from, JsonElement value)
    {
        object plain = value.ValueKind is JsonValueKind.Array ? List(value).Select(Number).ToArray() : String(value);
        try
        {
            return from.Invoke(null, [plain])!;
        }
        catch (TargetInvocationException e)
        {
            throw new FormatException(e.InnerException!.Message, e.InnerException);
        }
    }

    static Part MakePart(JsonElement value, Type kind)
    {
        var (name, given) = Named(value);
        var part = LossCatalog.FindPart(name);
        if (part is null || !PartsOf(kind).Contains(part))
        {
            throw new FormatException($"no {kind.Name} {name}");
        }

        return part.Create(Read(given, part.Options, part.Name));
    }

    static nn.Module<Tensor, Tensor, Tensor> MakeLoss(JsonElement value)
    {
        var (name, given) = Named(value);
        var loss = LossCatalog.Find(name) ?? throw new FormatException($"no loss {name}");
        return loss.Create(Read(given, loss.Options, loss.Name)) as nn.Module<Tensor, Tensor, Tensor>
            ?? throw new FormatException($"{name} takes more than prediction and target");
    }

    static LossList MakeLosses(JsonElement value)
    {
        var losses = new LossList();
        foreach (var loss in List(value))
        {
            losses.Add(MakeLoss(loss));
        }

        return losses;
    }

    /// <summary>A name alone, or an object with the name as its type and options beside it.</summary>
    static (string Name, Dictionary<string, JsonElement> Given) Named(JsonElement value) =>
        value.ValueKind is not JsonValueKind.Object ? (String(value), [])
        : value.TryGetProperty("type", out var type)
            ? (
                String(type),
                value.EnumerateObject().Where(p => p.Name != "type").ToDictionary(p => p.Name, p => p.Value)
            )
        : throw new FormatException("type is missing");

    static IEnumerable<PartInfo> PartsOf(Type kind) => LossCatalog.Parts.Where(p => p.Kind == kind.Name);

    static MethodInfo[] Methods(Type type) => type.GetMethods(BindingFlags.Public | BindingFlags.Static);

    static object EnumMember(Type type, string text)
    {
        var name =
            Enum.GetNames(type).FirstOrDefault(n => Same(n, text)) ?? throw new FormatException($"no member {text}");
        return Enum.Parse(type, name);
    }

    /// <summary>Equal but for case and word separators: batchmean, batch_mean, image-based; loss+ is loss_plus.</summary>
    static bool Same(string a, string b) => Bare(a).Equals(Bare(b), StringComparison.OrdinalIgnoreCase);

    static string Bare(string text) => text.Replace("_", "").Replace("-", "").Replace("+", "plus");

    static IEnumerable<JsonElement> List(JsonElement value) =>
        value.ValueKind is JsonValueKind.Array ? value.EnumerateArray() : [value];

    static string String(JsonElement value) =>
        value.ValueKind is JsonValueKind.String ? value.GetString()! : value.GetRawText();

    static double Number(JsonElement value) =>
        value.ValueKind is JsonValueKind.String
        && double.TryParse(value.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var parsed)
            ? parsed
            : CaseReader.Number(value, "option");

    static long Integer(JsonElement value)
    {
        var number = Number(value);
        return number == Math.Floor(number) && Math.Abs(number) < 9e15
            ? (long)number
            : throw new FormatException($"{number} is no integer");
    }

    static bool Flag(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            JsonValueKind.String when bool.TryParse(value.GetString(), out var parsed) => parsed,
            _ => throw new FormatException("no truth value"),
        };

    static string Names(IReadOnlyList<OptionInfo> known) =>
        known.Count == 0 ? "none" : string.Join(", ", known.Select(o => o.Name));
}
