namespace TorchLoss;

/// <summary>Geodesic loss of rotations: the angle by which the predicted one must be turned to be the true one.</summary>
/// <remarks>
/// Per pair <c>ℓ = acos((tr(R₁ R₂ᵀ) − 1) / 2)</c>, in radians (or degrees), in [0, π]. The cosine is limited to ±(1 − ε), for the
/// gradient of acos is infinite at ±1: at the default angles below 4.5e-4 rad count as that and have gradient 0. Computed in
/// float64, where 1 − ε differs from 1 by more than rounding.
/// </remarks>
[Loss(
    Family.Geometry,
    Formula = @"\arccos \frac{\mathrm{tr}(R_1 R_2^\top) - 1}{2}",
    Source = "Huynh 2009, Metrics for 3D Rotations, eq. (23); Hempel, Abdelrahman and Al-Hamadi 2022, 6D Rotation Representation, arXiv:2202.12555, eq. (5)"
)]
public sealed partial class GeodesicLoss : LossModule2
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [new("input", "N 3 3", Role.Rotation), new("target", "N 3 3", Role.Rotation)];

    /// <param name="input">Predicted rotation matrices (N, 3, 3).</param>
    /// <param name="target">True rotation matrices (N, 3, 3).</param>
    /// <param name="eps">How far the cosine stays away from ±1.</param>
    /// <param name="degrees">Gives degrees instead of radians.</param>
    /// <param name="reduction">None keeps one angle per pair, Mean averages them, Sum adds them up.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        [Between(0, 1, LowOpen = true, HighOpen = true)] double eps = 1e-7,
        bool degrees = false,
        Reduction reduction = Reduction.Mean
    )
    {
        InputCheck.Floating(input, nameof(GeodesicLoss));
        InputCheck.Floating(target, nameof(GeodesicLoss));
        InputCheck.Dimensions(input, 3, "(N, 3, 3)", nameof(GeodesicLoss));
        InputCheck.SameShape(target, input, nameof(GeodesicLoss));
        InputCheck.SameDevice(target, input, nameof(GeodesicLoss));
        InputCheck.Size(input, 1, 3, "rotations of space", nameof(GeodesicLoss));
        InputCheck.Size(input, 2, 3, "rotations of space", nameof(GeodesicLoss));
        var trace = (input.to(ScalarType.Float64) * target.to(ScalarType.Float64)).sum(1, 2);
        var angle = ((trace - 1) / 2).clamp(eps - 1, 1 - eps).acos();
        angle = degrees ? angle * (180 / Math.PI) : angle;
        return angle.to(input.Upcast().dtype).Reduce(reduction);
    }
}
