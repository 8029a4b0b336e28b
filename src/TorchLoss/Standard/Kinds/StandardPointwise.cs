namespace TorchLoss.Standard;

/// <summary>A loss of every element on its own, by PyTorch's rules: one shape, the mean over all elements.</summary>
/// <param name="reduction">How single losses become one value.</param>
public abstract class StandardPointwise(Reduction reduction = Reduction.Mean) : LossModule2(reduction)
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [new("input", "*", Role.Prediction), new("target", "*", Role.Target)];

    /// <summary>Checks, evaluates elementwise, reduces.</summary>
    /// <param name="formula">The loss of one element.</param>
    /// <param name="input">The predictions, any shape.</param>
    /// <param name="target">The targets, the shape of input.</param>
    /// <param name="reduction">None keeps the single losses, Mean averages them (NaN where there are none), Sum adds them up.</param>
    protected static Tensor Evaluate<F>(F formula, Tensor input, Tensor target, Reduction reduction = Reduction.Mean)
        where F : struct, IPointwiseFormula<F>
    {
        using var scope = NewDisposeScope();
        return Weighted(formula, input, target, null, reduction).MoveToOuterDisposeScope();
    }

    /// <summary>With a weight that broadcasts to the losses and does not enter the mean's divisor.</summary>
    private protected static Tensor Weighted<F>(
        F formula,
        Tensor input,
        Tensor target,
        Tensor? weight,
        Reduction reduction
    )
        where F : struct, IPointwiseFormula<F>
    {
        var loss = LossName.Of<F>();
        var (x, t) = Operands.Pair(input, target, loss);
        InputCheck.BroadcastsTo(weight, x, loss);
        return StandardEngine.Evaluate(formula, x, t, weight, reduction);
    }
}

/// <summary>Runs pointwise formulas with PyTorch's means.</summary>
static class StandardEngine
{
    /// <summary>The reduced losses of operands of one shape; the mean divides by their number, also where they are weighted.</summary>
    public static Tensor Evaluate<F>(F formula, Tensor input, Tensor target, Tensor? weight, Reduction reduction)
        where F : struct, IPointwiseFormula<F>
    {
        if (reduction is not Reduction.Mean || (weight is null && input.numel() > 0))
        {
            return PointwiseEngine.Evaluate(formula, input, target, weight, reduction);
        }

        return PointwiseEngine.Evaluate(formula, input, target, weight, Reduction.Sum) / input.numel();
    }
}
