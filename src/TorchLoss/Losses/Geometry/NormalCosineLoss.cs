namespace TorchLoss;

/// <summary>Cosine loss of surface normals: turns each predicted normal towards the true one, whatever its length.</summary>
/// <remarks>
/// Per position <c>ℓ = 1 − cos(x, t)</c>, in [0, 2], without unit; with abs <c>1 − |cos|</c>, for normals whose side is not known.
/// Taken as half the squared distance of the unit vectors: next to 1 a cosine in float32 has no digits left for small angles. A
/// vector of length 0 has no direction: its loss is 1 and its gradient 0.
/// </remarks>
[Loss(
    Family.Geometry,
    Formula = @"1 - \frac{x \cdot t}{\|x\| \|t\|}",
    Source = "Eigen and Fergus 2015, Predicting Depth, Surface Normals and Semantic Labels, arXiv:1411.4734, section 4.2; Hu, Ozay, Zhang and Okatani 2019, arXiv:1803.08673, eq. (7)"
)]
public sealed partial class NormalCosineLoss : VectorFieldLoss
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("input", "N 3 *", Role.Prediction),
        new("target", "N 3 *", Role.Target),
        new("mask", "N *", Role.Mask) { Optional = true },
    ];

    /// <param name="input">Normals (N, 3, *), of any length.</param>
    /// <param name="target">True normals, the shape of input.</param>
    /// <param name="abs">Normals of opposite directions count as equal.</param>
    /// <param name="reduction">None keeps one loss per position (N, *), Mean averages them, Sum adds them up.</param>
    /// <param name="mask">Which positions count, (N, *); numbers weigh them.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        bool abs = false,
        Reduction reduction = Reduction.Mean,
        [Input] Tensor? mask = null
    )
    {
        var (x, t) = Check(nameof(NormalCosineLoss), input, target, mask, nameof(mask));
        var (u, v) = (x.Unit(), t.Unit());
        if (abs)
        {
            var opposite = (u * v).sum(1, keepdim: true).lt(0);
            v = where(opposite, -v, v);
        }

        // a unit vector contributes half of its own squared length, which one of length 0 lacks
        var missing = HasNone(u) + HasNone(v);
        return ((u - v).square().sum(1) + missing).div(2).Reduce(reduction, mask);
    }

    static Tensor HasNone(Tensor unit) => unit.detach().square().sum(1).lt(0.5).to(unit.dtype);
}
