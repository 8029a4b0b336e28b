using System.Text;
using TorchLoss.Reporting;

namespace TorchLoss.Cli.Bench;

/// <summary>What <c>bench --out</c> leaves: bench.md, bench.svg, bench.json.</summary>
static class BenchFiles
{
    /// <summary>What the columns of a table say.</summary>
    public static readonly IReadOnlyList<string> Columns =
    [
        "loss",
        "size",
        "fused ms",
        "ops ms",
        "built-in ms",
        "copy ms",
        "forward µs",
        "peak",
        "ops / fused",
        "built-in / ours",
        "ours / copy",
        "cold ops / fused",
        "cold built-in / ours",
        "triad ms",
        "of bandwidth",
    ];

    /// <summary>How the figures came about.</summary>
    public const string Method =
        "float32, forward and backward; medians of interleaved rounds in one process, ratios are medians within a round. "
        + "Warm: the first calls do not count, heaps have grown and gradients live in recycled memory. "
        + "Cold: single calls, each after unused memory of the heap went back to the system, as in a program whose tensors are too "
        + "large or too many for the heap to keep; recycled gradients stay. "
        + "Fused: the kernel; ops: the same formula in torch operators; built-in: TorchSharp's own, the same loss or the nearest; "
        + "copy: a plain copy of the first tensor; triad: a = b + s·c over such tensors, written past the caches where they are large; of "
        + "bandwidth: the time that inputs and gradients need at that pace, over the time of ours; forward: the value alone; peak: memory beyond the inputs, in tensors such as the "
        + "first, with nothing recycled. A dash: there is none.";

    /// <summary>One line of a table.</summary>
    public static IReadOnlyList<string> Row(Measured measured)
    {
        var r = measured.Result;
        return
        [
            r.Loss,
            r.Size,
            Number(r.FusedMs),
            Number(r.ComposedMs),
            Number(r.BuiltinMs),
            Number(r.CopyMs),
            Number(r.ForwardUs),
            r.PeakExtraTensors?.ToString("0.0") ?? "-",
            Times(measured.OverComposed),
            Times(measured.OverBuiltIn),
            Times(measured.Copies),
            Times(measured.ColdOverComposed),
            Times(measured.ColdOverBuiltIn),
            Number(r.TriadMs),
            r.BandwidthShare is { } share ? (100 * share).ToString("0") + " %" : "-",
        ];
    }

    /// <summary>Writes all of it.</summary>
    /// <param name="folder">Where to.</param>
    /// <param name="about">What the times depend on, the machine first.</param>
    /// <param name="all">The figures.</param>
    public static void Write(string folder, IReadOnlyList<string> about, IReadOnlyList<Measured> all)
    {
        File.WriteAllText(Path.Combine(folder, "bench.json"), Json.Text(all.Select(m => m.Result)) + "\n");
        File.WriteAllText(Path.Combine(folder, "bench.md"), Markdown(about, all));
        Bars(about[0], [.. all.Where(m => (m.OverComposed ?? m.OverBuiltIn) is not null)])
            .Save(Path.Combine(folder, "bench.svg"));
    }

    static string Markdown(IReadOnlyList<string> about, IReadOnlyList<Measured> all)
    {
        var text = new StringBuilder($"# Speed of losses\n\n{string.Join("\n\n", about)}\n\n");
        text.Append($"| {string.Join(" | ", Columns)} |\n");
        text.Append($"|---|---{string.Concat(Enumerable.Repeat("|---:", Columns.Count - 2))}|\n");
        foreach (var row in all.Select(Row))
        {
            text.Append($"| {string.Join(" | ", row.Select(cell => cell.Replace("|", "\\|")))} |\n");
        }

        var others = all.Where(m => m.Result.BuiltinMs is not null && m.BuiltIn != m.Result.Loss.Split(':')[0])
            .Select(m => $"{m.Result.Loss}: {m.BuiltIn}")
            .Distinct()
            .ToList();
        if (others.Count > 0)
        {
            text.Append($"\nThe nearest built-in loss where there is not the same one: {string.Join(", ", others)}.\n");
        }

        return text.Append("\n![How many times as fast](bench.svg)\n").ToString();
    }

    static BarChart Bars(string machine, IReadOnlyList<Measured> all) =>
        new()
        {
            Title = "How many times as fast, forward and backward",
            Description = $"Speed of losses over torch operators and built-in losses; {machine}",
            Names = [.. all.Select(m => $"{m.Result.Loss} {m.Result.Size}")],
            Series =
            [
                new("kernel over torch operators", [.. all.Select(m => m.OverComposed ?? double.NaN)]),
                new("loss over the built-in one", [.. all.Select(m => m.OverBuiltIn ?? double.NaN)]),
            ],
            ValueLabel = "times as fast",
            Format = Digits,
            Horizontal = true,
            Height = 130 + 42 * all.Count,
        };

    static string Number(double? value) =>
        value switch
        {
            null => "-",
            >= 100 => value.Value.ToString("0"),
            >= 1 => value.Value.ToString("0.00"),
            _ => value.Value.ToString("0.0000"),
        };

    static string Times(double? ratio) => ratio is { } r ? Digits(r) + "x" : "-";

    static string Digits(double ratio) => ratio.ToString(ratio < 10 ? "0.00" : "0.0");
}
