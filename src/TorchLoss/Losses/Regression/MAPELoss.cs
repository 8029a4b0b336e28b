using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>Mean absolute percentage error: errors count relative to the size of their target.</summary>
/// <remarks>
/// Per element <c>ℓ = |target − input| / max(|target|, ε)</c>, without unit, or in percent. Targets near 0 dominate everything
/// else, and a prediction of 0 never costs more than 1: it pulls predictions down.
/// ε is 1.17e-6 in torchmetrics, 1e-7 in Keras (which gives percent), 2.2e-16 in scikit-learn. With ε = 0 a target of 0 costs
/// nothing, as in neuralforecast.
/// </remarks>
[Loss(
    Family.Regression,
    Formula = @"\frac{|y - \hat y|}{\max(|y|, \varepsilon)}",
    Source = "de Myttenaere, Golden, Le Grand and Rossi 2016, Mean Absolute Percentage Error for regression models, arXiv:1605.02541, eq. (1)",
    Function = "mape_loss",
    Aliases = "MeanAbsolutePercentageErrorLoss"
)]
public sealed partial class MAPELoss : PointwiseLoss
{
    /// <param name="eps">Smallest size ε that a target counts with; 0 leaves out targets of 0.</param>
    /// <param name="percentage">Whether the result is in percent.</param>
    [MethodImpl(Inline)]
    static R Value<R>(R input, R target, [AtLeast(0)] double eps = 1.17e-6, bool percentage = false)
        where R : struct, IReal<R>
    {
        var error = R.Abs(target - input) * (percentage ? 100 : 1);
        var size = R.Abs(target);
        if (eps > 0)
        {
            return error / R.Max(size, eps);
        }

        // the quotient of a target of 0 must not be taken at all: its gradient, infinite times 0, would be NaN
        var counts = R.Greater(size, 0.0);
        return R.Select(counts, error, 0.0) / R.Select(counts, size, 1.0);
    }
}
