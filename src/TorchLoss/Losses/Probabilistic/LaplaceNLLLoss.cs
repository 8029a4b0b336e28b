namespace TorchLoss;

/// <summary>Likelihood of a Laplace distribution: an absolute error whose scale the model predicts, too.</summary>
/// <remarks>
/// Per element <c>ℓ = |target − input| / b + log(2b)</c> (nats) with b = scale. Large errors pull less than under
/// GaussianNLLLoss. A density may exceed 1, so the loss may be negative.
/// </remarks>
[Loss(
    Family.Probabilistic,
    Formula = @"\frac{|y - \mu|}{b} + \log 2b",
    Source = "Laplace 1774; torch.distributions.Laplace; Kendall and Gal 2017, What Uncertainties Do We Need, arXiv:1703.04977, section 3"
)]
public sealed partial class LaplaceNLLLoss : DensityLoss
{
    /// <param name="input">The predicted medians, any shape.</param>
    /// <param name="scale">The predicted mean absolute deviations b, above 0.</param>
    /// <param name="reduction">None keeps the single losses, Mean averages them, Sum adds them up.</param>
    /// <param name="sample_weight">Weight of each element, broadcast to the losses. Mean divides by the sum of the weights.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        Tensor scale,
        Reduction reduction = Reduction.Mean,
        [Input] Tensor? sample_weight = null
    )
    {
        var (median, y, b) = Read(nameof(LaplaceNLLLoss), input, target, scale, sample_weight);
        return ((y - median).abs() / b + (2 * b).log()).Reduce(reduction, sample_weight);
    }
}
