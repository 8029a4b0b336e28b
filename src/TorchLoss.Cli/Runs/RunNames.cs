namespace TorchLoss.Cli.Runs;

/// <summary>Names of run folders.</summary>
static class RunNames
{
    const string Parent = "runs";

    /// <summary>The first of runs/DATA-LOSS-1, -2, ... that is free.</summary>
    public static string Next(RunPlan plan) => Next($"{DataName(plan)}-{LossName(plan)}");

    /// <summary>The first of runs/NAME-1, -2, ... that is free.</summary>
    public static string Next(string name)
    {
        var number = 1;
        while (Path.Exists(Path.Combine(Parent, $"{name}-{number}")))
        {
            number++;
        }

        return Path.Combine(Parent, $"{name}-{number}");
    }

    /// <summary>The data's name as part of a folder's.</summary>
    public static string DataName(RunPlan plan) =>
        Plain(plan.Source.BuiltIn?.Name ?? Path.GetFileName(plan.Config.Data).Split('.')[0]);

    static string LossName(RunPlan plan) => (plan.Loss.IsBuiltIn ? "builtin-" : "") + plan.Loss.Info.Name;

    static string Plain(string text)
    {
        var plain = string.Concat(text.Select(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' ? c : '-'));
        return plain.Length == 0 ? "data" : plain[..Math.Min(60, plain.Length)];
    }
}
