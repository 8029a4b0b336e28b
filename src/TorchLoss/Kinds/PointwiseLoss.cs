namespace TorchLoss;

/// <summary>A loss of every element on its own: the same formula for each (prediction, target) pair.</summary>
/// <param name="reduction">How single losses become one value.</param>
public abstract class PointwiseLoss(Reduction reduction = Reduction.Mean) : LossModule2(reduction)
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("input", "*", Role.Prediction),
        new("target", "*", Role.Target),
        new("sample_weight", "*", Role.Weight) { Optional = true },
    ];

    /// <summary>Checks, evaluates elementwise, weights, reduces.</summary>
    /// <param name="formula">The loss of one element.</param>
    /// <param name="input">The predictions, any shape.</param>
    /// <param name="target">The targets, the shape of input.</param>
    /// <param name="sample_weight">
    /// Weight of each element, broadcast to the losses; a bool mask counts as 0 and 1. Mean divides by the sum of the weights.
    /// </param>
    /// <param name="reduction">None keeps the single losses, Mean averages them, Sum adds them up.</param>
    protected static Tensor Evaluate<F>(
        F formula,
        Tensor input,
        Tensor target,
        [Input] Tensor? sample_weight = null,
        Reduction reduction = Reduction.Mean
    )
        where F : struct, IPointwiseFormula<F>
    {
        var loss = LossName.Of<F>();
        InputCheck.Floating(input, loss);
        InputCheck.SameShape(target, input, loss);
        InputCheck.SameDevice(target, input, loss);
        InputCheck.BroadcastsTo(sample_weight, input, loss);
        return PointwiseEngine.Evaluate(formula, input, target, sample_weight, reduction);
    }
}
