using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>How the losses of a heat map's positions become one value.</summary>
public enum HeatmapReduction
{
    /// <summary>Keeps the single losses.</summary>
    None,

    /// <summary>Averages over all positions.</summary>
    Mean,

    /// <summary>Adds all up.</summary>
    Sum,

    /// <summary>Adds all up and divides by the number of centres (at least 1).</summary>
    NumPos,
}

/// <summary>Focal loss of heat maps: finds object centres, and forgives scores next to them by how near they are.</summary>
/// <remarks>
/// Per position <c>ℓ = −(1 − p)^α log(p + ε)</c> (nats) where the map is exactly 1, <c>−(1 − t)^γ p^α log(1 − p + ε)</c> elsewhere,
/// with ε = 1e-12. CenterNet and CornerNet divide the sum by the number of centres: reduction num_pos, whatever the weights.
/// The input holds probabilities; those of exactly 0 and 1 are allowed, a wrong one costs 27.6.
/// </remarks>
[Loss(
    Family.Detection,
    Formula = @"-\begin{cases} (1 - p)^{\alpha} \log p & t = 1 \\ (1 - t)^{\gamma} p^{\alpha} \log(1 - p) & \text{else} \end{cases}",
    Source = "Law and Deng 2018, CornerNet, arXiv:1808.01244, eq. (1); Zhou, Wang and Krähenbühl 2019, Objects as Points, arXiv:1904.07850, eq. (1)",
    Aliases = "CenterNetFocalLoss"
)]
public sealed partial class GaussianFocalLoss : PointwiseLoss
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static new IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("input", "*", Role.Probability),
        new("target", "*", Role.BinaryTarget),
        new("sample_weight", "*", Role.Weight) { Optional = true },
    ];

    [MethodImpl(Inline)]
    static R Value<R>(R input, R target, double alpha, double gamma)
        where R : struct, IReal<R>
    {
        var away = R.Greater(1.0, target);
        var right = R.Select(away, 1.0 - input, input);
        var wrong = R.Select(away, input, 1.0 - input);
        var fade = R.Select(away, R.Pow(R.Max(1.0 - target, 0.0), gamma), 1.0);
        return -fade * R.Pow(wrong, alpha) * R.Log(right + 1e-12);
    }

    /// <param name="input">Probabilities, any shape; (N, C, H, W) as a rule.</param>
    /// <param name="target">Heat maps in [0, 1], exactly 1 at the centres, the shape of input.</param>
    /// <param name="alpha">Focusing strength α: fades out what is right already.</param>
    /// <param name="gamma">How much is forgiven near a centre, γ.</param>
    /// <param name="reduction">How the losses of positions become one value.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        [AtLeast(0)] double alpha = 2.0,
        [AtLeast(0)] double gamma = 4.0,
        HeatmapReduction reduction = HeatmapReduction.Mean,
        [Input] Tensor? sample_weight = null
    )
    {
        InputCheck.Floating(input, nameof(GaussianFocalLoss));
        InputCheck.Probabilities(input, nameof(GaussianFocalLoss));
        InputCheck.Probabilities(target, nameof(GaussianFocalLoss));
        var formula = new Formula(alpha, gamma);
        return reduction switch
        {
            HeatmapReduction.None => Evaluate(formula, input, target, sample_weight, Reduction.None),
            HeatmapReduction.Mean => Evaluate(formula, input, target, sample_weight, Reduction.Mean),
            HeatmapReduction.Sum => Evaluate(formula, input, target, sample_weight, Reduction.Sum),
            HeatmapReduction.NumPos => Evaluate(formula, input, target, sample_weight, Reduction.Sum)
                / target.eq(1).sum().clamp_min(1),
            _ => throw new ArgumentOutOfRangeException(nameof(reduction), reduction, "unknown reduction"),
        };
    }
}
