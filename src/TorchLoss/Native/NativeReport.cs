using System.Text;

namespace TorchLoss;

/// <summary>One thing that TorchSharp needs of this machine, looked at.</summary>
/// <param name="Name">What was looked at.</param>
/// <param name="Ok">Whether it is as it must be. What is merely absent and not needed (a GPU) is ok.</param>
/// <param name="Detail">What was found.</param>
/// <param name="Fix">What to do about it; null where there is nothing to do.</param>
public sealed record NativeCheck(string Name, bool Ok, string Detail, string? Fix = null);

/// <summary>What <see cref="NativeSetup.Diagnose"/> found.</summary>
/// <param name="Checks">The checks, in the order in which one thing builds on another.</param>
public sealed record NativeReport(IReadOnlyList<NativeCheck> Checks)
{
    /// <summary>Whether TorchSharp runs here.</summary>
    public bool Ok => Checks.All(check => check.Ok);

    /// <summary>The report as text, one check a line, with what to do below the ones that failed.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        int width = Checks.Max(check => check.Name.Length);
        foreach (var check in Checks)
        {
            text.Append(check.Ok ? "ok    " : "FAIL  ").Append(check.Name.PadRight(width + 2)).AppendLine(check.Detail);
            if (check.Fix is not null)
            {
                text.Append("      ").Append(' ', width + 2).Append("-> ").AppendLine(check.Fix);
            }
        }

        return text.ToString();
    }
}
