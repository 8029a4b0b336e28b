namespace TorchLoss;

/// <summary>Likelihood of a normal distribution of vectors whose covariance the model predicts, too, by its Cholesky factor.</summary>
/// <remarks>
/// Per sample <c>ℓ = ½ |L⁻¹ (y − m)|² + Σ log L_ii + D/2 · log 2π</c> (nats) with y = target, m = input and L = scale_tril, lower
/// triangular: the covariance is L Lᵀ. Of L only the lower triangle is read; its diagonal must be above 0 (checked on
/// the CPU). L⁻¹ (y − m) comes from D steps of forward substitution, without an inverse. A density may exceed 1, so the loss may be negative.
/// </remarks>
[Loss(
    Family.Probabilistic,
    Formula = @"\tfrac{1}{2} \lVert L^{-1} (y - \mu) \rVert^2 + \sum_i \log L_{ii} + \tfrac{D}{2} \log 2\pi",
    Source = "Dorta et al. 2018, Structured Uncertainty Prediction Networks, arXiv:1802.07079, eq. (3); torch.distributions.MultivariateNormal"
)]
public sealed partial class MultivariateGaussianNLLLoss : LossModule3
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("input", "B D", Role.Prediction),
        new("target", "B D", Role.Target),
        new("scale_tril", "B D D", Role.Positive),
        new("sample_weight", "B", Role.Weight) { Optional = true },
    ];

    /// <param name="input">The predicted means (B, D).</param>
    /// <param name="target">What came (B, D).</param>
    /// <param name="scale_tril">The predicted lower triangular factors of the covariances (B, D, D).</param>
    /// <param name="reduction">None keeps one loss a sample, Mean averages them, Sum adds them up.</param>
    /// <param name="sample_weight">Weight of each sample (B). Mean divides by the sum of the weights.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        Tensor scale_tril,
        Reduction reduction = Reduction.Mean,
        [Input] Tensor? sample_weight = null
    )
    {
        Check(input, target, scale_tril, sample_weight);
        var mean = input.Upcast();
        var factor = scale_tril.to(mean.dtype);
        var diagonal = factor.diagonal(0, 1, 2);
        var solved = Solve(factor, diagonal, target - mean);
        var losses = solved.square().sum(dim: 1) * 0.5 + diagonal.log().sum(dim: 1);
        return (losses + input.shape[1] * 0.5 * Math.Log(2 * Math.PI)).Reduce(reduction, sample_weight);
    }

    /// <summary>x of L x = b, one row of L after the other.</summary>
    static Tensor Solve(Tensor factor, Tensor diagonal, Tensor b)
    {
        if (b.shape[1] == 0)
        {
            return b;
        }

        var solved = new List<Tensor>();
        for (var i = 0; i < b.shape[1]; i++)
        {
            var rest = b.narrow(1, i, 1);
            if (i > 0)
            {
                rest = rest - (factor.select(1, i).narrow(1, 0, i) * cat(solved, 1)).sum(1, keepdim: true);
            }

            solved.Add(rest / diagonal.narrow(1, i, 1));
        }

        return cat(solved, 1);
    }

    static void Check(Tensor input, Tensor target, Tensor scale_tril, Tensor? sample_weight)
    {
        const string loss = nameof(MultivariateGaussianNLLLoss);
        InputCheck.Floating(input, loss);
        InputCheck.Dimensions(input, 2, "(B, D)", loss);
        InputCheck.SameShape(target, input, loss);
        InputCheck.SameDevice(target, input, loss);
        InputCheck.Floating(scale_tril, loss);
        InputCheck.SameDevice(scale_tril, input, loss);
        if (!scale_tril.shape.AsSpan().SequenceEqual([input.shape[0], input.shape[1], input.shape[1]]))
        {
            throw new ArgumentException(
                $"{loss}: scale_tril must be (B, D, D) with B and D of input, got {scale_tril.Shape} and {input.Shape}.",
                nameof(scale_tril)
            );
        }

        InputCheck.Above(scale_tril.diagonal(0, 1, 2), 0, loss, name: "the diagonal of scale_tril");
        InputCheck.BroadcastsTo(sample_weight, input.sum(dim: 1), loss);
    }
}
