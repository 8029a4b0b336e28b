namespace TorchLoss;

/// <summary>Photometric loss: an image warped by predicted depth and motion should look like the one it was warped to.</summary>
/// <remarks>
/// Per position <c>ℓ = α · clamp((1 − SSIM) / 2, 0, 1) + (1 − α) · |x − t|</c>, mean over the colours, for images in [0, 1]; SSIM over
/// windows of 3 × 3 of the mirrored images, in the form of <see cref="SSIMLoss"/>, which is exactly 0 for equal ones. Reduction
/// none gives (N, 1, H, W): of several source images, the smallest at each position is the one where nothing is hidden.
/// </remarks>
[Loss(
    Family.Geometry,
    Formula = @"\alpha \frac{1 - \mathrm{SSIM}(x, t)}{2} + (1 - \alpha) |x - t|",
    Source = "Godard, Mac Aodha, Firman and Brostow 2019, Digging Into Self-Supervised Monocular Depth Estimation (Monodepth2), arXiv:1806.01260, eq. (2)",
    Aliases = "ReprojectionLoss"
)]
public sealed partial class PhotometricLoss : ImageLoss
{
    /// <param name="alpha">Share α of the SSIM part.</param>
    /// <param name="reduction">None keeps one loss per position, Mean averages them, Sum adds them up.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        [Between(0, 1)] double alpha = 0.85,
        Reduction reduction = Reduction.Mean
    )
    {
        var (x, t) = Check(nameof(PhotometricLoss), input, target, 2, 2, "windows are mirrored at the edges");
        var window = Windows.Weights(WindowShape.Uniform, 3, 1);
        var formula = new WindowFormula<WholeSsim>(0.01 * 0.01, 0.03 * 0.03);
        var structure = (WindowEngine.Map(formula, window, Mirror(x), Mirror(t)) / 2).clamp(0, 1);
        return (alpha * structure + (1 - alpha) * (x - t).abs()).mean([1], keepdim: true).Reduce(reduction);
    }

    static Tensor Mirror(Tensor images) => pad(images, [1, 1, 1, 1], PaddingModes.Reflect);
}
