using TorchLoss.Cli.Losses;

namespace TorchLoss.Cli.Runs;

/// <summary>How a loss is given weights of samples: by its own input, or by weighing the single losses.</summary>
static class SampleWeighting
{
    /// <summary>Why a loss cannot be given weights; null where it can.</summary>
    public static string? Obstacle(LossChoice loss, LossFit fit) =>
        loss.Terms.Count > 0
            ? loss.Terms.Zip(fit.Terms, (term, own) => Obstacle(term.Loss, own)).FirstOrDefault(o => o is not null)
        : loss.IsBuiltIn ? $"{loss.Title} takes no weights here; {loss.Info.Name} does"
        : !fit.IsPerSample ? $"{loss.Title} is a loss of whole batches, in which no sample has a loss of its own"
        : Input(loss.Info) is null && Unreduced(loss.Info) is null ? $"{loss.Title} takes no weights of samples"
        : null;

    /// <summary>The loss of its inputs and (N) weights.</summary>
    public static Func<Tensor[], Tensor, Tensor> Of(
        LossChoice loss,
        LossFit fit,
        ILoss module,
        string[] names,
        Reduction reduction,
        Action<nn.Module> register
    )
    {
        if (Input(loss.Info) is { } input)
        {
            return (inputs, weights) =>
            {
                var arguments = AdaptedLoss.Named(names, inputs);
                arguments[input.Name] = input.Shape == "*" ? Like(weights, inputs[0]) : weights;
                return module.Evaluate(arguments);
            };
        }

        if (!fit.IsPerSample || Unreduced(loss.Info) is not { } none)
        {
            return (_, _) => throw new ArgumentException($"{loss.Title} takes no weights of samples.");
        }

        var single = loss.Info.Create(new(fit.Options) { ["reduction"] = none });
        register((nn.Module)single);
        return (inputs, weights) =>
        {
            var losses = single.Evaluate(AdaptedLoss.Named(names, inputs));
            var all = Like(weights, losses);
            var sum = (losses * all).sum();
            return reduction == Reduction.Sum ? sum : sum / all.sum().clamp_min(float.Epsilon); // a batch may weigh 0
        };
    }

    static InputInfo? Input(LossInfo info) =>
        info.Inputs.FirstOrDefault(i => i.Optional && i.Role == Role.Weight && i.Name is "sample_weight" or "weight");

    /// <summary>The option value that keeps single losses. Two modules of a loss that learns would not learn the same.</summary>
    static object? Unreduced(LossInfo info) =>
        info.OwnTensors.Count == 0
        && info.Options.FirstOrDefault(o => o.Name == "reduction") is { Type.IsEnum: true } option
        && Enum.TryParse(option.Type, nameof(Reduction.None), out var none)
            ? none
            : null;

    /// <summary>A weight for each sample as one for each of its values.</summary>
    static Tensor Like(Tensor weights, Tensor values) =>
        weights.reshape([-1, .. Enumerable.Repeat(1L, (int)values.dim() - 1)]).expand_as(values);
}
