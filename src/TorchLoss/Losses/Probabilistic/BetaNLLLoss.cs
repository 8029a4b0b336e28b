namespace TorchLoss;

/// <summary>Gaussian likelihood in which uncertain samples are not neglected: each is weighed by a power of its own variance.</summary>
/// <remarks>
/// Per element <c>ℓ = ½ (e² / v + log v) · v^β</c> with e = target − input and v = var; v^β is a constant for the gradient. Plain
/// likelihood (β = 0) scales the gradient of the mean by 1/v, so that a model which calls a sample noisy stops learning it;
/// with β = 1 the mean learns as under the squared error. The constant ½ log 2π is left out.
/// </remarks>
[Loss(
    Family.Probabilistic,
    Formula = @"\tfrac{1}{2} \lfloor v^{\beta} \rfloor \left( \frac{(y - \mu)^2}{v} + \log v \right)",
    Source = "Seitzer, Tavakoli, Antic and Martius 2022, On the Pitfalls of Heteroscedastic Uncertainty Estimation, arXiv:2203.09168, eq. (3)"
)]
public sealed partial class BetaNLLLoss : DensityLoss
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static new IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("input", "*", Role.Prediction),
        new("target", "*", Role.Target),
        new("var", "*", Role.Positive),
        new("sample_weight", "*", Role.Weight) { Optional = true },
    ];

    /// <param name="input">The predicted means, any shape.</param>
    /// <param name="var">The predicted variances, above 0.</param>
    /// <param name="beta">Power β of the variance that weighs each element: 0 is the likelihood, 1 as the squared error for the mean.</param>
    /// <param name="reduction">None keeps the single losses, Mean averages them, Sum adds them up.</param>
    /// <param name="sample_weight">Weight of each element, broadcast to the losses. Mean divides by the sum of the weights.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        Tensor var,
        [Between(0, 1)] double beta = 0.5,
        Reduction reduction = Reduction.Mean,
        [Input] Tensor? sample_weight = null
    )
    {
        var (mean, y, v) = Read(nameof(BetaNLLLoss), input, target, var, sample_weight);
        var losses = ((y - mean).square() / v + v.log()) * 0.5 * v.detach().pow(beta);
        return losses.Reduce(reduction, sample_weight);
    }
}
