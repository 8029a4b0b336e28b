#!/usr/bin/env dotnet
#:project ../tests/TorchLoss.Mutations

// Spoils checkpoints, tables, case files and images in many ways and reads them: each must be refused by its one exception, or hold what it held.
// Usage: dotnet run scripts/mutate-files.cs [COUNT] [SEED]

using System.Diagnostics;
using TorchLoss.Mutations;

var count = args.Length > 0 ? int.Parse(args[0]) : 12_000;
var seed = args.Length > 1 ? int.Parse(args[1]) : 1;
var clock = Stopwatch.StartNew();
var current = "";
using var watch = new Timer(_ => Tell(), null, 60_000, 60_000);
var counts = MutationRun.Run(count, seed, name => current = name);
foreach (var ((subject, outcome), number) in counts.OrderBy(pair => pair.Key))
    Console.WriteLine($"{subject, -12} {outcome, -8} {number, 7}");
Console.WriteLine(
    $"{counts.Values.Sum()} mutations, no crash, no hang, no wrong model, {clock.Elapsed.TotalSeconds:F0} s"
);

void Tell() => Console.Error.WriteLine($"at {current}");
