namespace TorchLoss.Standard;

/// <summary>A loss of real numbers by PyTorch's rules: input and target broadcast against each other, elements may be weighted.</summary>
/// <param name="reduction">How single losses become one value.</param>
public abstract class StandardRegression(Reduction reduction = Reduction.Mean) : LossModule2(reduction)
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("input", "*", Role.Prediction),
        new("target", "*", Role.Target),
        new("weight", "*", Role.Weight) { Optional = true },
    ];

    /// <summary>Checks, broadcasts, evaluates elementwise, weights, reduces.</summary>
    /// <param name="formula">The loss of one element.</param>
    /// <param name="input">The predictions, any shape.</param>
    /// <param name="target">The targets, a shape that broadcasts against that of input.</param>
    /// <param name="weight">Weight of each element, broadcast to the losses. Mean divides by the sum of the weights.</param>
    /// <param name="reduction">None keeps the single losses, Mean averages them (NaN where there are none), Sum adds them up.</param>
    protected static Tensor Evaluate<F>(
        F formula,
        Tensor input,
        Tensor target,
        [Input] Tensor? weight = null,
        Reduction reduction = Reduction.Mean
    )
        where F : struct, IPointwiseFormula<F>
    {
        using var scope = NewDisposeScope();
        var (x, t) = Broadcast<F>(input, target, weight);
        if (weight is null || reduction is not Reduction.Mean)
        {
            return StandardEngine.Evaluate(formula, x, t, weight, reduction).MoveToOuterDisposeScope();
        }

        var sum = PointwiseEngine.Evaluate(formula, x, t, weight, Reduction.Sum);
        return (sum / weight.to(x.WideType).expand_as(x).sum()).MoveToOuterDisposeScope();
    }

    /// <summary>The checked operands in the losses' shape.</summary>
    private protected static (Tensor input, Tensor target) Broadcast<F>(Tensor input, Tensor target, Tensor? weight)
    {
        var loss = LossName.Of<F>();
        var (x, t) = Operands.Broadcast(input, target, loss);
        InputCheck.BroadcastsTo(weight, x, loss);
        return (x, t);
    }
}
