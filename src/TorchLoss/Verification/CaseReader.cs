using System.Text.Json;

namespace TorchLoss.Verification;

/// <summary>The JSON of a case file as records; every surprise is a <see cref="CaseFileException"/> that says where.</summary>
static class CaseReader
{
    public static CaseFile File(JsonElement root, string name)
    {
        Expect(root, JsonValueKind.Object, name);
        var loss = Text(root, "loss", name);
        var cases = Member(root, "cases", JsonValueKind.Array, name);
        var reference =
            root.TryGetProperty("reference", out var r) && r.ValueKind is JsonValueKind.String ? r.GetString()! : "";
        return new(loss, reference, [.. cases.EnumerateArray().Select((c, i) => Case(c, $"{name}: case {i}"))]);
    }

    static ReferenceCase Case(JsonElement element, string place)
    {
        Expect(element, JsonValueKind.Object, place);
        var name = Text(element, "name", place);
        place = $"{place} '{name}'";
        var inputs = Member(element, "inputs", JsonValueKind.Array, place)
            .EnumerateArray()
            .Select((t, i) => Input(t, $"{place}, input {i}"))
            .ToList();
        var expected = Member(element, "expected", JsonValueKind.Object, place);
        return new(
            name,
            Options(element, place),
            inputs,
            Numbers("value", Member(expected, "value", JsonValueKind.Object, place), $"{place}, value"),
            Tensors(expected, "grads", place),
            Tensors(expected, "buffers", place),
            Tolerance(element, "rtol", 1e-6, place),
            Tolerance(element, "atol", 1e-8, place)
        );
    }

    static Dictionary<string, JsonElement> Options(JsonElement element, string place)
    {
        var options = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        if (element.TryGetProperty("params", out var given))
        {
            Expect(given, JsonValueKind.Object, $"{place}, params");
            foreach (var option in given.EnumerateObject())
            {
                options[option.Name] = option.Value;
            }
        }

        return options;
    }

    static CaseTensor Input(JsonElement element, string place)
    {
        Expect(element, JsonValueKind.Object, place);
        var name = Text(element, "name", place);
        return Numbers(name, element, $"{place} '{name}'") with
        {
            Dtype = element.TryGetProperty("dtype", out _) ? Text(element, "dtype", place) : "float64",
            RequiresGrad = Flag(element, "requires_grad"),
            IsParameter = Flag(element, "parameter"),
            IsBuffer = Flag(element, "buffer"),
        };
    }

    static Dictionary<string, CaseTensor> Tensors(JsonElement expected, string group, string place)
    {
        var tensors = new Dictionary<string, CaseTensor>(StringComparer.Ordinal);
        if (expected.TryGetProperty(group, out var members))
        {
            Expect(members, JsonValueKind.Object, $"{place}, {group}");
            foreach (var member in members.EnumerateObject())
            {
                tensors[member.Name] = Numbers(member.Name, member.Value, $"{place}, {group} of {member.Name}");
            }
        }

        return tensors;
    }

    /// <summary>A shape and as many numbers as it says; a forged size never allocates more than the file holds.</summary>
    static CaseTensor Numbers(string name, JsonElement element, string place)
    {
        Expect(element, JsonValueKind.Object, place);
        var shape = Member(element, "shape", JsonValueKind.Array, place)
            .EnumerateArray()
            .Select(d =>
                d.ValueKind is JsonValueKind.Number && d.TryGetInt64(out var n) && n >= 0
                    ? n
                    : throw new CaseFileException($"{place}: a size must be an integer of at least 0, got {Short(d)}.")
            )
            .ToArray();
        var data = Member(element, "data", JsonValueKind.Array, place);
        var count = data.GetArrayLength();
        if (!Fits(shape, count))
        {
            throw new CaseFileException($"{place}: shape ({string.Join(", ", shape)}) does not fit {count} numbers.");
        }

        return new(name, "float64", shape, [.. data.EnumerateArray().Select(d => Number(d, place))]);
    }

    static bool Fits(long[] shape, long count)
    {
        if (shape.Contains(0))
        {
            return count == 0;
        }

        foreach (var size in shape)
        {
            if (count % size != 0)
            {
                return false;
            }

            count /= size;
        }

        return count == 1;
    }

    public static double Number(JsonElement element, string place) =>
        element.ValueKind switch
        {
            JsonValueKind.Number => element.GetDouble(),
            JsonValueKind.True => 1,
            JsonValueKind.False => 0,
            JsonValueKind.String => element.GetString() switch
            {
                "nan" => double.NaN,
                "inf" => double.PositiveInfinity,
                "-inf" => double.NegativeInfinity,
                _ => throw new CaseFileException(
                    $"{place}: a number, 'nan', 'inf' or '-inf' expected, got {Short(element)}."
                ),
            },
            _ => throw new CaseFileException($"{place}: a number expected, got {Short(element)}."),
        };

    static double Tolerance(JsonElement element, string name, double fallback, string place)
    {
        if (!element.TryGetProperty(name, out var value))
        {
            return fallback;
        }

        var tolerance = Number(value, $"{place}, {name}");
        return tolerance >= 0 && double.IsFinite(tolerance)
            ? tolerance
            : throw new CaseFileException($"{place}: {name} must be at least 0, got {tolerance}.");
    }

    static bool Flag(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.True;

    static string Text(JsonElement element, string name, string place) =>
        Member(element, name, JsonValueKind.String, place).GetString()!;

    static JsonElement Member(JsonElement element, string name, JsonValueKind kind, string place)
    {
        if (!element.TryGetProperty(name, out var member))
        {
            throw new CaseFileException($"{place}: '{name}' is missing.");
        }

        Expect(member, kind, $"{place}, {name}");
        return member;
    }

    static void Expect(JsonElement element, JsonValueKind kind, string place)
    {
        if (element.ValueKind != kind)
        {
            throw new CaseFileException($"{place}: {kind} expected, got {element.ValueKind}.");
        }
    }

    static string Short(JsonElement element)
    {
        var text = element.GetRawText();
        return text.Length <= 40 ? text : text[..40] + "…";
    }
}
