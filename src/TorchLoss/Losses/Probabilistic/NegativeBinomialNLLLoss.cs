namespace TorchLoss;

/// <summary>Likelihood of counts that vary more than Poisson's, such as sales or reads of a gene: the model predicts by how much.</summary>
/// <remarks>
/// Per element <c>ℓ = −[log Γ(y + r) − log Γ(y + 1) − log Γ(r) − r log(1 + αm) + y log(αm / (1 + αm))]</c> (nats) with y = target,
/// the mean m = input, α the dispersion and r = 1/α (theta elsewhere); the variance is m + αm². With α → 0 it tends to
/// Poisson's, to all digits: the terms, which are vast then, are put together before they cancel.
/// </remarks>
[Loss(
    Family.Probabilistic,
    Formula = @"-\log \frac{\Gamma(y + r)}{\Gamma(y + 1)\,\Gamma(r)} + r \log(1 + \alpha\mu) - y \log \frac{\alpha\mu}{1 + \alpha\mu}, \quad r = \frac{1}{\alpha}",
    Source = "Hilbe 2011, Negative Binomial Regression, section 8.2; Salinas, Flunkert and Gasthaus 2017, DeepAR, arXiv:1704.04110, eq. (4)"
)]
public sealed partial class NegativeBinomialNLLLoss : LossModule3
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("input", "*", Role.Positive),
        new("target", "*", Role.Count),
        new("alpha", "*", Role.Positive),
        new("sample_weight", "*", Role.Weight) { Optional = true },
    ];

    /// <param name="input">The predicted means, any shape, above 0; or their logarithms.</param>
    /// <param name="target">The counts, from 0, the shape of input.</param>
    /// <param name="alpha">The predicted dispersions α, above 0, the shape of input.</param>
    /// <param name="log_input">Whether input is the logarithm of the mean.</param>
    /// <param name="reduction">None keeps the single losses, Mean averages them, Sum adds them up.</param>
    /// <param name="sample_weight">Weight of each element, broadcast to the losses. Mean divides by the sum of the weights.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        Tensor alpha,
        bool log_input = false,
        Reduction reduction = Reduction.Mean,
        [Input] Tensor? sample_weight = null
    )
    {
        const string loss = nameof(NegativeBinomialNLLLoss);
        var (mean, count) = CountLikelihood.Read(loss, input, target, log_input, sample_weight);
        var dispersion = CountLikelihood.Parameter(alpha, input, loss, positive: true);
        return CountLikelihood.NegativeBinomial(mean, count, dispersion, log_input).Reduce(reduction, sample_weight);
    }
}
