namespace TorchLoss;

/// <summary>Barlow Twins: two views of a batch agree in every feature, and no two features say the same.</summary>
/// <remarks>
/// With both views standardised per feature over the batch (biased variance, 10⁻⁵ inside of the root) and
/// <c>C = A ᵀ B / N</c>, <c>ℓ = Σ_i (C_ii − 1)² + λ Σ_{i≠j} C_ij²</c>, without unit: a sum over the D × D entries, not a mean.
/// Shapes: z_a (N, D), z_b (N, D) → one value. A feature that is constant in the batch correlates with nothing and costs 1; a
/// batch of one sample costs D, without gradient. An empty batch gives 0.
/// </remarks>
[Loss(
    Family.SelfSupervised,
    Formula = @"\sum_i (C_{ii} - 1)^2 + \lambda \sum_{i \neq j} C_{ij}^2",
    Source = "Zbontar, Jing, Misra, LeCun and Deny 2021, Barlow Twins: Self-Supervised Learning via Redundancy Reduction, arXiv:2103.03230, eq. (1)"
)]
public sealed partial class BarlowTwinsLoss : TwoViewLoss
{
    const double Floor = 1e-5;

    /// <param name="lambda_param">The weight λ of the redundancy between features.</param>
    static Tensor Compute(Tensor z_a, Tensor z_b, [AtLeast(0)] double lambda_param = 0.005)
    {
        var (a, b) = Views(nameof(BarlowTwinsLoss), z_a, z_b);
        if (a.shape[0] == 0)
        {
            return a.sum() + b.sum();
        }

        var correlation = Standardised(a).t().mm(Standardised(b)) / a.shape[0];
        var same = eye(a.shape[1], dtype: ScalarType.Bool, device: a.device);
        var agreement = (correlation.diagonal() - 1).square().sum();
        return agreement + lambda_param * correlation.masked_fill(same, 0).square().sum();
    }

    static Tensor Standardised(Tensor z)
    {
        var centred = z - z.mean([0]);
        return centred / (centred.square().mean([0]) + Floor).sqrt();
    }
}
