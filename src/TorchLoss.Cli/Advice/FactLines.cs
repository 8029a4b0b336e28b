using static System.FormattableString;

namespace TorchLoss.Cli.Advice;

/// <summary>Facts as people read them.</summary>
static class FactLines
{
    const int ManyLevels = 8;

    /// <summary>A line for each that says something.</summary>
    public static IEnumerable<string> Of(DataFacts facts) =>
        new[]
        {
            facts.Unlabelled > 0 ? $"{facts.Unlabelled} rows have no target; no loss learns from them here" : null,
            facts.IsClasses ? Classes(facts) : Numbers(facts.Numbers!),
            facts.Order is { } order
                ? Invariant(
                    $"names of classes are levels; the more steps, the farther apart? r = {order:0.00}, {(order >= Rules.InOrder ? "an order" : "no order")}"
                )
                : null,
            facts.Classes.Count >= ManyLevels && facts.Classes.All(c => double.TryParse(c.Name, out _))
                ? "the classes are whole numbers: if they count or measure something, say --task regression"
                : null,
            facts.Disagreement is { } share
                ? Invariant($"{share:P1} of the rows stand among neighbours that nearly all bear one other label")
                : null,
            facts.Numbers?.Errors is { } errors ? Errors(errors) : null,
            facts.Texts.Count > 0
                ? $"free text in {string.Join(", ", facts.Texts)}: train leaves it out; `torchloss demo text` shows what to do with it"
                : null,
            facts.Time is { } time
                ? $"{time} holds times: who foretells later rows holds back the last ones, not any; see `torchloss choose --task forecasting`"
                : null,
        }.OfType<string>();

    static string Classes(DataFacts facts)
    {
        var (most, least) = (facts.Classes[0], facts.Classes[^1]);
        return Invariant(
            $"{facts.Classes.Count} classes; most rows: {most.Name} {most.Rows:#,0}, fewest: {least.Name} {least.Rows:#,0} ({facts.Imbalance:0.#} to 1)"
        );
    }

    static string Numbers(NumberFacts numbers) =>
        Invariant(
            $"{(numbers.AreWhole ? "whole " : "")}numbers from {numbers.Least:0.###} to {numbers.Most:0.###}, mean {numbers.Mean:0.###}, skewness {numbers.Skew:0.0}, {numbers.Zeros:P0} zeros"
        );

    static string Errors(ErrorFacts errors) =>
        Invariant(
            $"a linear model explains R² {errors.Explained:0.00}; {errors.Outliers:P1} of its errors beyond 3 deviations, excess kurtosis {errors.Tail:0.0}, growing with the prediction r = {errors.Growth:0.00}"
        );
}
