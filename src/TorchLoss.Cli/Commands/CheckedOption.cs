using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace TorchLoss.Cli.Commands;

/// <summary>Options that say what they accept when they are given something else.</summary>
static class CheckedOption
{
    /// <summary>A text.</summary>
    public static Option<string?> Text(string name, string value, string about) =>
        new(name) { Description = about, HelpName = value };

    /// <summary>One of some words.</summary>
    public static Option<string?> Choice(string name, IReadOnlyList<string> words, string about) =>
        Parsed<string?>(
            name,
            string.Join('|', words),
            about,
            "one of " + string.Join(", ", words),
            text => words.Contains(text, StringComparer.Ordinal) ? text : null
        );

    /// <summary>A whole number of some size.</summary>
    public static Option<long?> Whole(string name, long least, long most, string about) =>
        Parsed<long?>(
            name,
            "N",
            about,
            $"a whole number from {least} to {most}",
            text =>
                long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
                && number >= least
                && number <= most
                    ? number
                    : null
        );

    /// <summary>A number above one bound and below another.</summary>
    public static Option<double?> Number(string name, double above, double below, string about) =>
        Parsed<double?>(
            name,
            "X",
            about,
            double.IsInfinity(below) ? $"a number above {above}" : $"a number between {above} and {below}",
            text =>
                double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                && number > above
                && number < below
                    ? number
                    : null
        );

    /// <summary>A finite number of at least some size.</summary>
    public static Option<double?> AtLeast(string name, double least, string about) =>
        Parsed<double?>(
            name,
            "X",
            about,
            $"a number of at least {least}",
            text =>
                double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                && number >= least
                && double.IsFinite(number)
                    ? number
                    : null
        );

    /// <summary>A time in hours, minutes and seconds: "10" alone would be days to .NET and minutes to many.</summary>
    public static Option<TimeSpan?> Time(string name, string about) =>
        Parsed<TimeSpan?>(
            name,
            "HH:MM:SS",
            about,
            "a time such as 00:10:00 (hours, minutes, seconds) or 1:12:00:00 (days first)",
            text =>
                text.Count(c => c == ':') >= 2
                && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var time)
                && time >= TimeSpan.Zero
                    ? time
                    : null
        );

    static Option<T> Parsed<T>(string name, string value, string about, string accepted, Func<string, T?> read) =>
        new(name)
        {
            Description = about,
            HelpName = value,
            Arity = ArgumentArity.ExactlyOne,
            CustomParser = result => Read(result, name, accepted, read),
        };

    static T Read<T>(ArgumentResult result, string name, string accepted, Func<string, T?> read)
    {
        var text = result.Tokens[0].Value;
        var value = read(text);
        if (value is null)
        {
            result.AddError($"{name} '{text}' is not accepted: it takes {accepted}.");
        }

        return value!;
    }
}
