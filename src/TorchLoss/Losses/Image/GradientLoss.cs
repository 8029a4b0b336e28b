namespace TorchLoss;

/// <summary>Gradient loss: compares the edges of two images instead of their pixels, so that blurred ones cost most.</summary>
/// <remarks>
/// Per pixel and channel <c>ℓ = |S_x (x − y)| + |S_y (x − y)|</c> with Sobel's 3 × 3 filters (1, 2, 1) across and (1, 0, −1) along the
/// axis, not divided by 8, in the pixels' units; images are surrounded by zeros, so a wrong border counts as an edge. The filters are linear:
/// they run once, over the difference, one axis after the other. Mean divides by the number of pixels and channels.
/// </remarks>
[Loss(
    Family.Image,
    Formula = @"\lvert S_x * (x - y)\rvert + \lvert S_y * (x - y)\rvert",
    Source = "Sobel and Feldman 1968, A 3x3 isotropic gradient operator for image processing; as a loss as in OpenMMLab's mmagic, GradientLoss",
    Aliases = "SobelLoss"
)]
public sealed partial class GradientLoss : ImageLoss
{
    /// <param name="reduction">None keeps the map (N, C, H, W), Mean averages it, Sum adds it up.</param>
    static Tensor Compute(Tensor input, Tensor target, Reduction reduction = Reduction.Mean)
    {
        var (x, y) = Check(nameof(GradientLoss), input, target, spatial_dims: 2, least: 1, "a pixel");
        var padded = pad(x - y, [1, 1, 1, 1]);
        var (h, w) = (x.shape[2], x.shape[3]);
        return (Along(padded, 2, h, w).abs() + Along(padded, 3, w, h).abs()).Reduce(reduction);
    }

    /// <summary>Differences along one axis, smoothed across it.</summary>
    static Tensor Along(Tensor padded, int axis, long size, long across)
    {
        var other = 5 - axis;
        var difference = padded.narrow(axis, 0, size) - padded.narrow(axis, 2, size);
        Tensor Side(long at) => difference.narrow(other, at, across);
        return Side(0) + 2 * Side(1) + Side(2);
    }
}
