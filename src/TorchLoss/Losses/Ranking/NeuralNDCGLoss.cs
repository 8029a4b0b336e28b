namespace TorchLoss;

/// <summary>NeuralNDCG: the ranking measure itself, with a relaxed permutation matrix in place of the sorting.</summary>
/// <remarks>
/// Per list <c>ℓ = −1/IDCG Σ_r D_r (P g)_r</c> with gains g, discounts <c>D_r = 1 / log2(1 + r)</c> up to rank k, and the relaxed permutation P
/// that sorts the scores: close to −1 for a perfect order.
/// The permutation comes from NeuralSort, made doubly stochastic by 50 Sinkhorn steps (the source stops as soon as the whole
/// batch is within 1e-6, so the two agree to about that). The steps scale rows and columns by vectors, so that beside one matrix
/// per list only vectors are kept for the gradient. Lists without a relevant document are 0 and left out of the mean.
/// Needs O(L²) memory a list.
/// </remarks>
[Loss(
    Family.Ranking,
    Formula = @"-\frac{1}{\mathrm{IDCG}@k} \sum_{r \le k} \frac{(\hat P g)_r}{\log_2(1 + r)}",
    Source = "Pobrotyn and Białobrzeski 2021, NeuralNDCG: Direct Optimisation of a Ranking Metric via Differentiable Relaxation of Sorting, arXiv:2102.07831, eq. (6); Grover, Wang, Zweig and Ermon 2019, arXiv:1903.08850 (NeuralSort)"
)]
public sealed partial class NeuralNDCGLoss : NeuralSortLoss
{
    /// <param name="temperature">Temperature of the relaxed sorting: the smaller, the closer to sorting and the steeper.</param>
    /// <param name="powered_relevancies">Whether the gain of a document is 2^y − 1 instead of y.</param>
    /// <param name="k">Only the first k ranks count; null is all.</param>
    /// <param name="stochastic">Whether to average over scores with Gumbel noise, drawn anew in each call.</param>
    /// <param name="n_samples">How often noise is drawn.</param>
    /// <param name="beta">The factor of the noise.</param>
    /// <param name="log_scores">Whether the noise is added to the logarithm of the scores, shifted to above 0.</param>
    /// <param name="reduction">None keeps the lists' losses (B), Mean averages those with a relevant document, Sum adds them up.</param>
    static Tensor Compute(
        Tensor y_pred,
        Tensor y_true,
        [Positive] double temperature = 1.0,
        bool powered_relevancies = true,
        [AtLeast(1)] long? k = null,
        bool stochastic = false,
        [AtLeast(1)] long n_samples = 32,
        [AtLeast(0)] double beta = 0.1,
        bool log_scores = true,
        Reduction reduction = Reduction.Mean
    ) =>
        Evaluate(
            nameof(NeuralNDCGLoss),
            y_pred,
            y_true,
            new(temperature, stochastic, n_samples, beta, log_scores),
            powered_relevancies,
            powered_relevancies,
            k,
            reduction,
            (permutation, gain, discount) => (permutation.bmm(gain.unsqueeze(2)).squeeze(2) * discount).sum(1)
        );
}
