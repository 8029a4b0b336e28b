namespace TorchLoss;

/// <summary>Census loss: compares which neighbours of a pixel are brighter and which darker, so that light and exposure do not matter.</summary>
/// <remarks>
/// Per pixel <c>ℓ = mean_49 d / (0.1 + d)</c>, in [0, 1), with <c>d = (t_x − t_y)²</c> over the 7 × 7 neighbours of a pixel and the soft sign
/// <c>t = (n − p) / √(0.81 + (n − p)²)</c> of each neighbour's difference from the pixel, of brightness 0.2989 R + 0.587 G + 0.114 B.
/// Beyond the edges all is 0; the outermost pixels cost nothing but count in the mean. The constants are made for pixels in
/// [0, 255] (UnFlow); RIFE, whose numbers these are, uses them on [0, 1].
/// </remarks>
[Loss(
    Family.Image,
    Formula = @"\frac{1}{49} \sum_n \frac{(t_n(x) - t_n(y))^2}{0.1 + (t_n(x) - t_n(y))^2}",
    Source = "Meister, Hur and Roth 2018, UnFlow: Unsupervised Learning of Optical Flow with a Bidirectional Census Loss, arXiv:1711.07837, section 3.2",
    Aliases = "TernaryCensusLoss"
)]
public sealed partial class CensusLoss : ImageLoss
{
    const long Side = 7;

    /// <summary>The tensors of <c>forward</c>.</summary>
    public static new IReadOnlyList<InputInfo> Inputs { get; } =
    [new("input", "N 3 H W", Role.Image), new("target", "N 3 H W", Role.Image)];

    /// <param name="input">The predicted images (N, 3, H, W).</param>
    /// <param name="target">The wanted images, the shape of input.</param>
    /// <param name="reduction">None keeps the map (N, 1, H, W), Mean averages it, Sum adds it up.</param>
    static Tensor Compute(Tensor input, Tensor target, Reduction reduction = Reduction.Mean)
    {
        const string loss = nameof(CensusLoss);
        var (x, y) = Check(loss, input, target, spatial_dims: 2, least: 1, "a pixel");
        InputCheck.Size(input, 1, 3, "colours", loss);
        if (x.numel() == 0)
        {
            return (x - y).narrow(1, 0, 1).Reduce(reduction);
        }

        var distance = (Signs(x) - Signs(y)).square();
        var map = (distance / (0.1 + distance)).mean([1]).view(x.shape[0], 1, x.shape[2], x.shape[3]);
        return (map * Inside(x)).Reduce(reduction);
    }

    /// <summary>Soft signs of the neighbours' differences, (N, 49, H·W).</summary>
    static Tensor Signs(Tensor image)
    {
        var grey = Luma.Of(image, 0.2989, 0.5870, 0.1140);
        var difference = unfold(grey, Side, padding: Side / 2) - grey.flatten(2);
        return difference / (0.81 + difference.square()).sqrt();
    }

    /// <summary>1, but 0 at the outermost pixels.</summary>
    static Tensor Inside(Tensor image)
    {
        Tensor Axis(long size)
        {
            var place = arange(size, device: image.device);
            return place.gt(0).logical_and(place.lt(size - 1)).to(image.dtype);
        }

        return Axis(image.shape[2]).unsqueeze(1) * Axis(image.shape[3]);
    }
}
