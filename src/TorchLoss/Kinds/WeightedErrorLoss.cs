namespace TorchLoss;

/// <summary>A loss of errors with weights that are part of the definition: the mean divides by the number of elements.</summary>
/// <remarks>
/// Such weights, from the density of the targets say, have mean 1 over the data and not over a batch. Where a mask or the
/// repetition of samples is meant, the losses with sample_weight are right, which divide by the weights.
/// </remarks>
/// <param name="reduction">How single losses become one value.</param>
public abstract class WeightedErrorLoss(Reduction reduction = Reduction.Mean) : LossModule2(reduction)
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("input", "*", Role.Prediction),
        new("target", "*", Role.Target),
        new("weights", "*", Role.Weight) { Optional = true },
    ];

    /// <summary>Checks, evaluates a formula of the error, weights, reduces.</summary>
    private protected static Tensor Evaluate(
        string loss,
        Tensor input,
        Tensor target,
        Tensor? weights,
        Reduction reduction,
        Func<Tensor, Tensor> formula
    )
    {
        InputCheck.Floating(input, loss);
        InputCheck.SameShape(target, input, loss);
        InputCheck.SameDevice(target, input, loss);
        InputCheck.BroadcastsTo(weights, input, loss);
        var losses = formula((input.Upcast() - target).abs());
        return (weights is null ? losses : losses.Reduce(Reduction.None, weights)).Reduce(reduction);
    }

    /// <summary>How much an error counts, from 0 for none to 1 for a large one.</summary>
    private protected static Tensor Focus(Tensor error, FocusActivation activate, double beta, double gamma) =>
        (activate is FocusActivation.Tanh ? error * beta : error * (beta / 2)).tanh().SafePow(gamma);
}

/// <summary>From an error to how much it counts.</summary>
public enum FocusActivation
{
    /// <summary>2σ(β|e|) − 1.</summary>
    Sigmoid,

    /// <summary>tanh(β|e|).</summary>
    Tanh,
}
