using System.Runtime.CompilerServices;

namespace TorchLoss.Standard;

/// <summary>Smooth absolute error: no element pulls harder than 1, and close to its target it pulls in proportion to the error.</summary>
/// <remarks>
/// With <c>a = |input − target|</c>, per element <c>ℓ = a²/(2β)</c> where a is below β and <c>a − β/2</c> elsewhere, in the
/// target's units; β = 0 is the absolute error. It is Huber's loss divided by its delta.
/// Both branches are one product of min(a, β): no branch squares an error that it then throws away, so none overflows.
/// </remarks>
[Loss(
    Family.Standard,
    Formula = @"\begin{cases} \frac{(x-y)^2}{2\beta} & |x-y| < \beta \\ |x-y| - \frac{\beta}{2} & \text{otherwise} \end{cases}",
    Source = "Girshick 2015, Fast R-CNN, arXiv:1504.08083, eq. (3); PyTorch torch.nn.SmoothL1Loss",
    Function = "smooth_l1_loss",
    BuiltIn = "SmoothL1Loss"
)]
public sealed partial class SmoothL1Loss : StandardRegression
{
    [MethodImpl(Inline)]
    static R Value<R>(R input, R target, double beta)
        where R : struct, IReal<R>
    {
        var error = R.Abs(input - target);
        if (beta == 0)
        {
            return error;
        }

        var near = R.Min(error, beta);
        return near / beta * (error - near * 0.5);
    }

    /// <param name="input">The predictions, any shape.</param>
    /// <param name="target">The targets, a shape that broadcasts against that of input.</param>
    /// <param name="reduction">None keeps the single losses, Mean averages them (NaN where there are none), Sum adds them up.</param>
    /// <param name="beta">Error β at which squared turns into absolute; 0 is the absolute error everywhere.</param>
    /// <param name="weight">Weight of each element, broadcast to the losses. Mean divides by the sum of the weights.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        Reduction reduction = Reduction.Mean,
        [AtLeast(0)] double beta = 1.0,
        [Input] Tensor? weight = null
    ) => Evaluate(new Formula(beta), input, target, weight, reduction);
}
