using TorchLoss.Training;

namespace TorchLoss.Cli.Applications;

/// <summary>
/// Settings chosen by what they do on the validation part. The chosen one then learns from all that is known, and it alone is asked
/// about the test part.
/// </summary>
/// <param name="context">A quick run takes the first setting untried.</param>
sealed class Choices(ApplicationContext context)
{
    readonly List<(string Method, string Setting)> _made = [];

    /// <summary>The outputs of the chosen setting for the test part.</summary>
    /// <param name="method">What is set.</param>
    /// <param name="parts">The data.</param>
    /// <param name="settings">What there is to choose from.</param>
    /// <param name="fit">Learns from a set with a setting and gives outputs for inputs.</param>
    /// <param name="error">How wrong outputs are; the least one wins.</param>
    public Tensor Predict<T>(
        string method,
        Parts parts,
        IReadOnlyList<T> settings,
        Func<T, TensorSet, Tensor, Tensor> fit,
        Func<Tensor, Tensor, double> error
    )
        where T : notnull =>
        fit(
            Make(
                method,
                settings,
                setting => error(fit(setting, parts.Train, parts.Choice.Inputs), parts.Choice.Targets)
            ),
            parts.Known,
            parts.Test.Inputs
        );

    /// <summary>The setting with the least error; remembered for <see cref="Notes"/>.</summary>
    public T Make<T>(string method, IReadOnlyList<T> settings, Func<T, double> error)
        where T : notnull
    {
        if (context.Quick || settings.Count == 1)
        {
            return settings[0];
        }

        var best = settings.MinBy(setting =>
        {
            using var scope = NewDisposeScope();
            return error(setting);
        })!;
        _made.Add((method, best.ToString()!));
        return best;
    }

    /// <summary>What was chosen, and how often.</summary>
    public IReadOnlyList<string> Notes =>
        [
            .. _made
                .GroupBy(choice => choice.Method)
                .Select(method =>
                    $"Chosen on the validation part for {method.Key}: "
                    + string.Join(
                        ", ",
                        method
                            .CountBy(choice => choice.Setting)
                            .OrderByDescending(setting => setting.Value)
                            .Select(setting => $"{setting.Key} ({setting.Value} of {method.Count()})")
                    )
                ),
        ];
}
