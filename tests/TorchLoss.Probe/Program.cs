using TorchLoss.Probe;

// Feeds wrong inputs to losses in a process of its own: a native check that is missing may kill it, and the test sees which.
// Output: one line before each attempt and one after, "loss | attempt | outcome".
var from = args.Length > 0 ? args[0] : "";
foreach (var loss in TorchLoss.LossCatalog.All.Where(l => string.CompareOrdinal(l.Name, from) >= 0))
{
    foreach (var attempt in WrongInputs.Of(loss))
    {
        Console.WriteLine($"{loss.Name} | {attempt.What} | trying");
        Console.WriteLine($"{loss.Name} | {attempt.What} | {attempt.Outcome()}");
    }
}

Console.WriteLine("done");
