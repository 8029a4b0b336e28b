namespace TorchLoss;

/// <summary>Edge loss: compares what smoothing takes from two images, so that outlines get sharp.</summary>
/// <remarks>
/// Per pixel <c>ℓ = √(Δ² + ε²)</c> with Δ the detail of <c>x − y</c>: the difference from its smoothed, halved and enlarged copy, one level of
/// a Laplacian pyramid with the weights (0.05, 0.25, 0.4, 0.25, 0.05) and edges that go on. The pyramid is linear, so it is
/// built once, of the difference. Equal images cost ε with gradient 0.
/// </remarks>
[Loss(
    Family.Image,
    Formula = @"\sqrt{\Delta(x - y)^2 + \varepsilon^2}",
    Source = "Zamir et al. 2021, Multi-Stage Progressive Image Restoration, arXiv:2102.02808, eq. (3)"
)]
public sealed partial class EdgeLoss : ImageLoss
{
    static readonly double[] Smoothing = [0.05, 0.25, 0.4, 0.25, 0.05];

    /// <param name="eps">Difference ε below which it is rounded off.</param>
    /// <param name="reduction">None keeps the map (N, C, H, W), Mean averages it, Sum adds it up.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        [Positive] double eps = 1e-3,
        Reduction reduction = Reduction.Mean
    )
    {
        var (x, y) = Check(nameof(EdgeLoss), input, target, spatial_dims: 2, least: 1, "a pixel");
        var difference = x - y;
        var detail = x.numel() == 0 ? difference : Pyramids.Level(difference, Smoothing, PaddingModes.Replicate).Detail;
        return (detail.square() + eps * eps).sqrt().Reduce(reduction);
    }
}
