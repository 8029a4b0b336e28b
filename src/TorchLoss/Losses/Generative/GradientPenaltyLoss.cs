namespace TorchLoss;

/// <summary>Which slopes <see cref="GradientPenaltyLoss"/> wants.</summary>
public enum GradientPenaltyMode
{
    /// <summary>A norm of exactly the centre (WGAN-GP).</summary>
    TwoSided,

    /// <summary>A norm of at most the centre (WGAN-LP).</summary>
    OneSided,

    /// <summary>No slope at all: half the squared norm, the R1 and R2 penalties.</summary>
    ZeroCentered,
}

/// <summary>Gradient penalty: keeps a critic from growing steep.</summary>
/// <remarks>
/// Of the critic's gradient g by each sample, all its numbers in one Euclidean norm: two_sided <c>w (|g| − c)²</c>, one_sided
/// <c>w max(0, |g| − c)²</c>, zero_centered <c>w |g|² / 2</c>. Take g with create_graph at points between real and generated samples
/// (WGAN-GP), or at real (R1) or generated ones (R2), where w is their γ. Shapes: gradients (B, *) → one loss a sample.
/// A gradient of 0 has a norm without slope; it gets no gradient, rather than NaN.
/// </remarks>
[Loss(
    Family.Generative,
    Formula = @"w\, (\lVert \nabla D \rVert_2 - c)^2",
    Source = "Gulrajani, Ahmed, Arjovsky, Dumoulin and Courville 2017, Improved Training of Wasserstein GANs, arXiv:1704.00028, eq. (3); zero-centred: Mescheder, Geiger and Nowozin 2018, arXiv:1801.04406, eq. (9)"
)]
public sealed partial class GradientPenaltyLoss : LossModule1
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } = [new("gradients", "B *", Role.Prediction)];

    /// <param name="mode">Which slopes are wanted.</param>
    /// <param name="weight">Factor w.</param>
    /// <param name="center">Wanted norm c of the gradient; zero_centered does not read it.</param>
    /// <param name="reduction">None keeps the samples' losses (B), Mean averages them, Sum adds them up.</param>
    static Tensor Compute(
        Tensor gradients,
        GradientPenaltyMode mode = GradientPenaltyMode.TwoSided,
        [AtLeast(0)] double weight = 10,
        [AtLeast(0)] double center = 1,
        Reduction reduction = Reduction.Mean
    )
    {
        PerSample.Check(gradients, nameof(GradientPenaltyLoss));
        var square = gradients.Upcast().square().Rows.sum(1);
        var excess = square.SafePow(0.5) - center;
        var losses = mode switch
        {
            GradientPenaltyMode.ZeroCentered => square * 0.5,
            GradientPenaltyMode.OneSided => excess.relu().square(),
            _ => excess.square(),
        };
        return (losses * weight).Reduce(reduction);
    }
}
