using System.Globalization;
using System.Reflection;
using TorchLoss.Training;
using Monitor = TorchLoss.Training.Monitor;

namespace TorchLoss.Cli.Runs;

/// <summary>Schedules and averages as the command line writes them: <c>plateau:patience=5,gamma=0.5</c>, <c>ema:0.999</c>.</summary>
static class TrainerWords
{
    static readonly string[] Shares = ["warmup", "rise"];

    /// <summary>The schedule of the learning rate.</summary>
    /// <exception cref="UsageException">There is none of that name, or an option does not fit.</exception>
    public static LearningRateSchedule Schedule(string text)
    {
        var colon = text.IndexOf(':');
        var name = (colon < 0 ? text : text[..colon]).Trim();
        var type = LearningRateSchedule
            .Names.Where(known => Bare(known) == Bare(name))
            .Select(known => LearningRateSchedule.Parse(known).GetType())
            .FirstOrDefault();
        if (type is null)
        {
            throw Refuse(text, $"there are {string.Join(", ", LearningRateSchedule.Names)}");
        }

        var constructor = type.GetConstructors().MaxBy(c => c.GetParameters().Length)!;
        var given = colon < 0 ? [] : Pairs(text, text[(colon + 1)..]);
        var known = constructor.GetParameters();
        if (given.Keys.FirstOrDefault(key => known.All(p => Option(p) != key)) is { } unknown)
        {
            var options = known.Length == 0 ? "takes no options" : $"takes {string.Join(", ", known.Select(Option))}";
            throw Refuse(text, $"'{unknown}' is no option of {name}, which {options}");
        }

        return (LearningRateSchedule)
            constructor.Invoke([
                .. known.Select(p =>
                    given.TryGetValue(Option(p), out var value) ? Value(p, value, text) : p.DefaultValue
                ),
            ]);
    }

    /// <summary>The average of weights.</summary>
    /// <exception cref="UsageException">It is neither ema nor swa, or its number does not fit.</exception>
    public static WeightAverage Average(string text)
    {
        var parts = text.Split(':');
        var number = parts.Length == 2 ? Number(parts[1]) : null;
        return parts switch
        {
            ["ema"] => new ExponentialAverage(),
            ["swa"] => new StochasticAverage(),
            ["ema", _] when number is >= 0 and < 1 => new ExponentialAverage(number.Value),
            ["swa", _] when number is >= 0 and <= 1 => new StochasticAverage(number.Value),
            _ => throw new UsageException(
                $"--average '{text}' is not accepted: it takes ema or ema:DECAY (0 to below 1), swa or swa:START (0 to 1)."
            ),
        };
    }

    static Dictionary<string, string> Pairs(string text, string options)
    {
        var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var item in options.Split(','))
        {
            var equals = item.IndexOf('=');
            if (equals <= 0 || !pairs.TryAdd(item[..equals].Trim(), item[(equals + 1)..].Trim()))
            {
                throw Refuse(text, $"'{item.Trim()}' is not option=value, each given once");
            }
        }

        return pairs;
    }

    static object Value(ParameterInfo parameter, string value, string text)
    {
        var number = Number(value);
        var most = Shares.Contains(Option(parameter)) ? 1 : int.MaxValue;
        return parameter.ParameterType == typeof(Monitor) ? new Monitor(value)
            : number is not >= 0 || number > most
                ? throw Refuse(text, $"{Option(parameter)} is a number from 0{(most == 1 ? " to 1" : "")}")
            : parameter.ParameterType != typeof(int) ? (object)number.Value
            : double.IsInteger(number.Value) ? (object)(int)number.Value
            : throw Refuse(text, $"{Option(parameter)} is a whole number");
    }

    static double? Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
        && double.IsFinite(number)
            ? number
            : null;

    static string Option(ParameterInfo parameter) => parameter.Name!.ToLowerInvariant();

    static string Bare(string name) => name.Replace("-", "").ToLowerInvariant();

    static UsageException Refuse(string text, string accepted) =>
        new($"--schedule '{text}' is not accepted: {accepted}.");
}
