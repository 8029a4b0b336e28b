namespace TorchLoss;

/// <summary>Wasserstein distance of histograms over ordered bins: mass in the wrong bin costs by how far it has to go.</summary>
/// <remarks>
/// Per distribution <c>ℓ = w Σ_(k &lt; C) |F_k − G_k|^p</c> with F and G the running sums of input and target over the bins and w = bin_width.
/// With p = 1 it is the mean way of the mass, in units of w (earth mover's distance); with p = 2 Cramér's distance, as in
/// <see cref="SquaredEMDLoss"/>. The last bin is left out: both sums are 1 there, but for rounding, whose
/// sign would be a gradient.
/// </remarks>
[Loss(
    Family.Transport,
    Formula = @"w \sum_{k < C} \left| \sum_{j \le k} (p_j - q_j) \right|^p",
    Source = "Hou, Yu and Samaras 2016, Squared Earth Mover's Distance-based Loss, arXiv:1611.05916, eq. (4); Vallender 1974",
    Function = "cdf_wasserstein_loss"
)]
public sealed partial class CDFWassersteinLoss : DivergenceLoss
{
    /// <param name="input">The predicted probabilities (*, C).</param>
    /// <param name="target">The wanted probabilities (*, C).</param>
    /// <param name="p">Power of the differences of the running sums.</param>
    /// <param name="bin_width">Width of a bin.</param>
    /// <param name="reduction">None keeps one loss per distribution (*), Mean averages them, Sum adds them up.</param>
    /// <param name="sample_weight">Weight of each distribution, broadcast to (*). Mean divides by the sum of the weights.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        [AtLeast(1)] double p = 1,
        [Positive] double bin_width = 1.0,
        Reduction reduction = Reduction.Mean,
        [Input] Tensor? sample_weight = null
    ) =>
        Evaluate(
            nameof(CDFWassersteinLoss),
            input,
            target,
            reduction,
            sample_weight,
            (x, y) =>
            {
                var gaps = (x - y).narrow(-1, 0, Math.Max(0, x.shape[^1] - 1)).cumsum(-1).abs();
                return gaps.SafePow(p).sum(-1) * bin_width;
            }
        );
}
