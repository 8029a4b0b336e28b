namespace TorchLoss.Verification;

/// <summary>What went wrong in one case.</summary>
/// <param name="Case">The case's name.</param>
/// <param name="What">The first difference or the error, in words.</param>
public sealed record CaseFailure(string Case, string What);

/// <summary>The outcome of a file of reference cases.</summary>
/// <param name="File">The file.</param>
/// <param name="Loss">The loss or part it names.</param>
/// <param name="Cases">How many cases it has.</param>
/// <param name="Passed">How many agree in value, gradients and state, as function and as module.</param>
/// <param name="WorstValueError">The largest |result − expected| / max(1, |expected|) of a value.</param>
/// <param name="WorstGradientError">The same of a gradient.</param>
/// <param name="Failures">One entry for each case that does not agree.</param>
public sealed record FileResult(
    string File,
    string Loss,
    int Cases,
    int Passed,
    double WorstValueError,
    double WorstGradientError,
    IReadOnlyList<CaseFailure> Failures
)
{
    /// <summary>The loss is not in the catalogue; nothing was run.</summary>
    public bool Skipped { get; init; }
}
