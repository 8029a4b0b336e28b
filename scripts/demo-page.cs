#!/usr/bin/env dotnet
#:project ../src/TorchLoss

// Makes docs/applications.md of what the demos found: FOLDER holds NAME.json, each the output of "torchloss demo NAME --json".
// Usage: dotnet run scripts/demo-page.cs FOLDER > docs/applications.md

using System.Text.Json;

string[] order =
[
    "regression",
    "images",
    "text",
    "series",
    "names",
    "imbalance",
    "noise",
    "ordinal",
    "segmentation",
    "metric",
    "survival",
    "multitask",
];
Console.WriteLine("# Applications\n");
Console.WriteLine(
    "What `torchloss demo NAME` found; written by `scripts/demo-page.cs` from what the demos say with `--json`. Settings were"
);
Console.WriteLine(
    "chosen on a validation part, figures are of a test part. Machine: 2 cores, shared with other work, so times are upper bounds."
);
Console.WriteLine("Means ± standard deviations; margins are 95 %. A claim that does not hold is said to.\n");
Console.WriteLine(
    "The test part of each series is no fresh one: a series has a single past, and its last quarter was looked at while the demo was built."
);
var claims = 0;
var held = 0;
foreach (var name in order)
    Write(name);
Console.WriteLine($"\nIn all {held} of {claims} claims hold.");

void Write(string name)
{
    var file = Path.Combine(args[0], $"{name}.json");
    Console.WriteLine($"\n## {name}\n");
    if (!File.Exists(file))
    {
        Console.WriteLine("Not measured.");
        return;
    }

    using var found = JsonDocument.Parse(File.ReadLines(file).Last(line => line.StartsWith('{')));
    var (columns, rows) = (Texts(found.RootElement, "columns"), found.RootElement.GetProperty("rows"));
    Console.WriteLine($"`torchloss demo {name}`, {found.RootElement.GetProperty("seconds")} s\n");
    Line(columns);
    Line(columns.Select(_ => "---"));
    foreach (var row in rows.EnumerateArray())
        Line(row.EnumerateArray().Select(cell => cell.GetString()!));
    Console.WriteLine();
    foreach (var claim in found.RootElement.GetProperty("claims").EnumerateArray())
    {
        var holds = claim.GetProperty("holds").GetBoolean();
        (claims, held) = (claims + 1, held + (holds ? 1 : 0));
        Console.WriteLine($"- {(holds ? "holds" : "**does not hold**")}: {claim.GetProperty("text").GetString()}");
    }

    var notes = Texts(found.RootElement, "notes");
    if (notes.Count > 0)
        Console.WriteLine("\nAlso:\n");
    foreach (var note in notes)
        Console.WriteLine($"- {note}");
}

static List<string> Texts(JsonElement found, string what) =>
    [.. found.GetProperty(what).EnumerateArray().Select(text => text.GetString()!)];

static void Line(IEnumerable<string> cells) =>
    Console.WriteLine($"| {string.Join(" | ", cells.Select(c => c.Replace("|", "\\|")))} |");
