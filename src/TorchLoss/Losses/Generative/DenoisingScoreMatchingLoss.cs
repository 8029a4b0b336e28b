namespace TorchLoss;

/// <summary>Denoising score matching: predict in which direction the data lie, at each noise level.</summary>
/// <remarks>
/// Per sample <c>ℓ = ½ ‖score + (perturbed − clean) / σ²‖² σ^p</c>, added up over its numbers, without unit for p = 2. Shapes: score, perturbed and
/// clean (B, *), sigma (B), above 0 → one loss a sample. Computed as ½ ‖σ score + (perturbed − clean) / σ‖² σ^(p − 2): the
/// square of 1 / σ² overflows for small σ.
/// </remarks>
[Loss(
    Family.Generative,
    Formula = @"\tfrac12 \Big\lVert s_\theta(\tilde x) + \frac{\tilde x - x}{\sigma^2} \Big\rVert^2 \sigma^p",
    Source = "Vincent 2011, A Connection Between Score Matching and Denoising Autoencoders, Neural Computation 23(7); Song and Ermon 2019, arXiv:1907.05600"
)]
public sealed partial class DenoisingScoreMatchingLoss : LossModule4
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("score", "B *", Role.Prediction),
        new("perturbed", "B *", Role.Target),
        new("clean", "B *", Role.Target),
        new("sigma", "B", Role.Positive),
    ];

    /// <param name="anneal_power">Power p of the level's weight: with 2 all noise levels weigh about the same.</param>
    /// <param name="reduction">None keeps the samples' losses (B), Mean averages them, Sum adds them up.</param>
    static Tensor Compute(
        Tensor score,
        Tensor perturbed,
        Tensor clean,
        Tensor sigma,
        [Finite] double anneal_power = 2.0,
        Reduction reduction = Reduction.Mean
    )
    {
        const string loss = nameof(DenoisingScoreMatchingLoss);
        PerSample.Check(score, loss);
        InputCheck.SameShape(perturbed, score, loss);
        InputCheck.SameDevice(perturbed, score, loss);
        InputCheck.SameShape(clean, score, loss);
        InputCheck.SameDevice(clean, score, loss);
        PerSample.CheckLevel(sigma, score, loss);
        var x = score.Upcast().Rows;
        var s = sigma.to(x.dtype).unsqueeze(1);
        var noise = perturbed.to(x.dtype).Rows - clean.to(x.dtype).Rows;
        var losses = (s * x + noise / s).square().sum(1) * 0.5;
        return (losses * sigma.to(x.dtype).pow(anneal_power - 2)).Reduce(reduction);
    }
}
