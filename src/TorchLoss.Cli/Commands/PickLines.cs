namespace TorchLoss.Cli.Commands;

/// <summary>Recommended losses as lines.</summary>
static class PickLines
{
    /// <summary>Writes the first choice and the others, each with its reason and its source.</summary>
    public static void Write(TextWriter lines, IEnumerable<(string Loss, string Why, string Source)> picks)
    {
        foreach (var (place, pick) in picks.Index())
        {
            lines.WriteLine(place == 0 ? $"first choice: {pick.Loss}" : $"or: {pick.Loss}");
            lines.WriteLine($"  {pick.Why}");
            lines.WriteLine($"  [{pick.Source}]");
        }
    }
}
