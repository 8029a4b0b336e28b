namespace TorchLoss.Training;

/// <summary>Several metrics as one. The first report that tells more than numbers, such as a confusion matrix, is kept.</summary>
/// <param name="parts">The metrics, in order; no two may measure something of one name.</param>
public sealed class CombinedMetrics(params IReadOnlyList<ITaskMetrics> parts) : ITaskMetrics
{
    /// <inheritdoc/>
    public IReadOnlyList<string> Names { get; } = Unique([.. parts.SelectMany(part => part.Names)]);

    /// <inheritdoc/>
    public MetricReport Measure(Tensor outputs, Tensor targets)
    {
        MetricReport[] reports = [.. parts.Select(part => part.Measure(outputs, targets))];
        var values = reports.SelectMany(report => report.Values).ToDictionary(pair => pair.Key, pair => pair.Value);
        var richest = Array.Find(reports, report => report.GetType() != typeof(MetricReport)) ?? new(values);
        return richest with { Values = values, Notes = [.. reports.SelectMany(report => report.Notes)] };
    }

    static string[] Unique(string[] names) =>
        names.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1) is { } twice
            ? throw new ArgumentException($"two metrics are called '{twice.Key}'")
            : names;
}
