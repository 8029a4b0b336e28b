using System.Runtime.CompilerServices;

namespace TorchLoss.Standard;

/// <summary>Huber's loss: squared error for small errors, absolute error for large ones, so that outliers do not dominate.</summary>
/// <remarks>
/// With <c>a = |input − target|</c>, per element <c>ℓ = a²/2</c> where a is below δ and <c>δ(a − δ/2)</c> elsewhere, in the
/// target's units squared; no element pulls harder than δ.
/// Both branches are one product of min(a, δ): no branch squares an error that it then throws away, so none overflows.
/// A weight scales the losses but, in PyTorch's huber_loss alone, does not enter the mean's divisor.
/// </remarks>
[Loss(
    Family.Standard,
    Formula = @"\begin{cases} \frac{1}{2}(x-y)^2 & |x-y| < \delta \\ \delta\,(|x-y| - \frac{\delta}{2}) & \text{otherwise} \end{cases}",
    Source = "Huber 1964, Robust Estimation of a Location Parameter, doi:10.1214/aoms/1177703732; PyTorch torch.nn.HuberLoss",
    Function = "huber_loss",
    BuiltIn = "HuberLoss"
)]
public sealed partial class HuberLoss : StandardRegression
{
    [MethodImpl(Inline)]
    static R Value<R>(R input, R target, double delta)
        where R : struct, IReal<R>
    {
        var error = R.Abs(input - target);
        var near = R.Min(error, delta);
        return near * (error - near * 0.5);
    }

    /// <param name="input">The predictions, any shape.</param>
    /// <param name="target">The targets, a shape that broadcasts against that of input.</param>
    /// <param name="reduction">None keeps the single losses, Mean averages them (NaN where there are none), Sum adds them up.</param>
    /// <param name="delta">Error δ at which squared turns into absolute, and the hardest pull of one element.</param>
    /// <param name="weight">Weight of each element, broadcast to the losses. Mean divides by the number of elements.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        Reduction reduction = Reduction.Mean,
        [Positive] double delta = 1.0,
        [Input] Tensor? weight = null
    )
    {
        var (x, t) = Broadcast<Formula>(input, target, weight);
        return StandardEngine.Evaluate(new Formula(delta), x, t, weight, reduction);
    }
}
