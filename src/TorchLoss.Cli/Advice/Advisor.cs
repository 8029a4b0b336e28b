using TorchLoss.Cli.Losses;

namespace TorchLoss.Cli.Advice;

/// <summary>A loss that is advised.</summary>
/// <param name="Loss">As the command line writes it.</param>
/// <param name="Why">Why, with what was seen.</param>
/// <param name="Rule">The rule that says so.</param>
/// <param name="Source">Where the loss comes from.</param>
sealed record Pick(string Loss, string Why, string Rule, string Source);

/// <summary>What is advised for a table.</summary>
/// <param name="Facts">What was seen.</param>
/// <param name="Picks">The losses, the first choice first.</param>
/// <param name="Metric">The metric to look at.</param>
/// <param name="Watch">Why that one.</param>
sealed record Advised(DataFacts Facts, IReadOnlyList<Pick> Picks, string Metric, string Watch);

/// <summary>Applies the rules.</summary>
static class Advisor
{
    const int Most = 5;

    /// <summary>
    /// The first rule that holds has the first choice and the metric. Then each rule that holds gives its best loss in turn, then its
    /// second one, and so on, until there are enough.
    /// </summary>
    public static Advised Advise(DataFacts facts)
    {
        var holding = Rules.All.Where(rule => rule.Holds(facts)).ToList();
        var rules = holding[0].Alone ? holding[..1] : holding.Where(rule => !rule.Alone).ToList();
        var places = Enumerable.Range(0, rules.Max(rule => rule.Losses.Count));
        var picks = places
            .SelectMany(place =>
                rules.Where(rule => place < rule.Losses.Count).Select(rule => Pick(rule, place, facts))
            )
            .DistinctBy(pick => pick.Loss.Split(':')[0])
            .Take(Most);
        return new(facts, [.. picks], rules[0].Metric, rules[0].Watch);
    }

    static Pick Pick(Rule rule, int place, DataFacts facts)
    {
        var candidate = rule.Losses[place];
        var source = LossChoice.Parse(candidate.Loss).Info.Source;
        return new(candidate.Loss, $"{rule.Seen(facts)}: {candidate.Why}", rule.Name, source);
    }
}
