namespace TorchLoss;

/// <summary>Levels of Laplacian pyramids (Burt and Adelson 1983): an image at half the size, and what it lacks.</summary>
static class Pyramids
{
    /// <summary>Smooths and halves an image (N, C, H, W), and gives the detail that its enlargement does not bring back.</summary>
    /// <param name="image">The image.</param>
    /// <param name="smoothing">Five weights along each axis, of sum 1.</param>
    /// <param name="edges">What lies beyond the edges.</param>
    public static (Tensor Half, Tensor Detail) Level(Tensor image, double[] smoothing, PaddingModes edges)
    {
        var weights = tensor(smoothing, dtype: image.dtype, device: image.device);
        Tensor Smooth(Tensor x) => Windows.Means(pad(x, [2, 2, 2, 2], edges), weights, 2);
        var smooth = Smooth(image);
        var half = smooth.slice(2, 0, image.shape[2], 2).slice(3, 0, image.shape[3], 2);

        // the enlargement has a value at every second pixel and 0 between, four times as large to keep the mean
        var kept = Even(image.shape[2], image).unsqueeze(1) * Even(image.shape[3], image);
        return (half, image - Smooth(smooth * (4 * kept)));
    }

    static Tensor Even(long size, Tensor like) => 1 - arange(size, dtype: like.dtype, device: like.device).remainder(2);
}
