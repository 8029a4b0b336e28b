namespace TorchLoss.Cli.Advice;

/// <summary>A loss that a rule proposes.</summary>
/// <param name="Loss">The loss as the command line writes it.</param>
/// <param name="Why">What it does about the matter.</param>
sealed record Candidate(string Loss, string Why);

/// <summary>A rule: where its condition holds, its losses are worth a try.</summary>
/// <param name="Name">A name for it.</param>
/// <param name="Condition">The condition in words.</param>
/// <param name="Holds">The condition.</param>
/// <param name="Seen">What was seen, with the figures.</param>
/// <param name="Metric">The metric of <c>train</c> to look at.</param>
/// <param name="Watch">Why that one, and what else to watch.</param>
/// <param name="Losses">Its losses, the best first.</param>
sealed record Rule(
    string Name,
    string Condition,
    Func<DataFacts, bool> Holds,
    Func<DataFacts, string> Seen,
    string Metric,
    string Watch,
    params IReadOnlyList<Candidate> Losses
)
{
    /// <summary>Whether other rules have no say beside it: its models say something else than theirs.</summary>
    public bool Alone { get; init; }
}
