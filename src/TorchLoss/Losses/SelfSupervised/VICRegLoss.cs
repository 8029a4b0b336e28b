namespace TorchLoss;

/// <summary>VICReg: two views agree, every feature keeps varying over the batch, and no two features vary together.</summary>
/// <remarks>
/// <c>ℓ = λ · mean (z_a − z_b)² + μ · ½ (v_a + v_b) + ν · (c_a + c_b)</c>, without unit. With the unbiased variance of each feature,
/// <c>v = mean max(0, 1 − √(var + ε))</c>, and with the unbiased covariance, <c>c = Σ_{i≠j} cov_ij² / D</c>. Shapes: both views (N, D), or
/// (N, ..., D), whose middle dimensions (places, heads) are evaluated one by one and averaged.
/// Equal embeddings cost μ (1 − √ε) and get no gradient from v; a batch of one counts as such.
/// </remarks>
[Loss(
    Family.SelfSupervised,
    Formula = @"\lambda\, s(z_a, z_b) + \tfrac{\mu}{2} \big(v(z_a) + v(z_b)\big) + \nu \big(c(z_a) + c(z_b)\big)",
    Source = "Bardes, Ponce and LeCun 2022, VICReg: Variance-Invariance-Covariance Regularization, arXiv:2105.04906, eqs. (1) to (6)",
    Function = "vicreg_loss"
)]
public sealed partial class VICRegLoss : LossModule2
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [new("z_a", "N * D", Role.Embedding), new("z_b", "N * D", Role.Embedding)];

    /// <param name="lambda_param">Weight λ of the agreement of the views.</param>
    /// <param name="mu_param">Weight μ of the variance.</param>
    /// <param name="nu_param">Weight ν of the covariance.</param>
    /// <param name="eps">Added to the variance: bounds the slope of its root.</param>
    static Tensor Compute(
        Tensor z_a,
        Tensor z_b,
        [Alias("invariance_lambda"), AtLeast(0)] double lambda_param = 25,
        [Alias("variance_mu"), AtLeast(0)] double mu_param = 25,
        [Alias("covariance_v"), AtLeast(0)] double nu_param = 1,
        [Positive] double eps = 1e-4
    )
    {
        Check(z_a, z_b);
        var a = z_a.Upcast();
        var b = z_b.to(a.dtype);
        if (a.numel() == 0)
        {
            return a.sum() + b.sum();
        }

        var agreement = (a - b).square().mean();
        var (variance_a, covariance_a) = Spread(a, eps);
        var (variance_b, covariance_b) = Spread(b, eps);
        return agreement * lambda_param
            + (variance_a + variance_b) * (0.5 * mu_param)
            + (covariance_a + covariance_b) * nu_param;
    }

    /// <summary>What the features' variances lack to 1, and the squares of their covariances.</summary>
    static (Tensor Variance, Tensor Covariance) Spread(Tensor z, double eps)
    {
        var (n, d) = (z.shape[0], z.shape[^1]);
        var centred = (z - z.mean([0], keepdim: true)).reshape(n, -1, d).transpose(0, 1);
        var covariance = centred.transpose(1, 2).bmm(centred) / Math.Max(1, n - 1);
        var own = covariance.diagonal(dim1: 1, dim2: 2);
        var others = covariance.masked_fill(eye(d, dtype: ScalarType.Bool, device: z.device), 0);
        return ((1 - (own + eps).sqrt()).relu().mean(), others.square().sum([1, 2]).mean() / d);
    }

    static void Check(Tensor z_a, Tensor z_b)
    {
        const string loss = nameof(VICRegLoss);
        InputCheck.Floating(z_a, loss);
        InputCheck.Floating(z_b, loss);
        InputCheck.SameShape(z_b, z_a, loss);
        InputCheck.SameDevice(z_b, z_a, loss);
        if (z_a.dim() < 2)
        {
            throw new ArgumentException($"{loss}: z_a must be (N, ..., D), got {z_a.Shape}.", nameof(z_a));
        }
    }
}
