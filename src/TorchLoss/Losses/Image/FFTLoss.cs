namespace TorchLoss;

/// <summary>Fourier loss: compares two images frequency by frequency, so that fine texture counts as much as large shapes.</summary>
/// <remarks>
/// Per frequency <c>ℓ = w (|Re D|, |Im D|)</c> with D the two-sided Fourier transform of <c>x − y</c> over rows and columns, real and
/// imaginary part apart; reduction none gives (N, C, H, W, 2). The transform is linear: it runs once. Some code takes the
/// one-sided transform, whose mean is another one.
/// </remarks>
[Loss(
    Family.Image,
    Formula = @"w \lVert \mathcal{F}(x) - \mathcal{F}(y)\rVert_1",
    Source = "Cho, Ji, Hong, Jung and Ko 2021, Rethinking Coarse-to-Fine Approach in Single Image Deblurring, arXiv:2108.05054, eq. (6)",
    Function = "fft_loss",
    Aliases = "FrequencyReconstructionLoss"
)]
public sealed partial class FFTLoss : ImageLoss
{
    /// <param name="norm">What the transform is divided by.</param>
    /// <param name="loss_weight">Factor w.</param>
    /// <param name="reduction">None keeps the map (N, C, H, W, 2), Mean averages it, Sum adds it up.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        FourierNorm norm = FourierNorm.Backward,
        [AtLeast(0)] double loss_weight = 1.0,
        Reduction reduction = Reduction.Mean
    )
    {
        var (x, y) = Check(nameof(FFTLoss), input, target, spatial_dims: 2, least: 1, "a pixel");
        var losses = Fourier.Planes(x - y, norm).abs() * loss_weight;
        return losses.Reduce(reduction);
    }
}

/// <summary>What a Fourier transform is divided by.</summary>
public enum FourierNorm
{
    /// <summary>Nothing.</summary>
    Backward,

    /// <summary>The root of the number of elements: energy stays as it is.</summary>
    Ortho,

    /// <summary>The number of elements.</summary>
    Forward,
}

/// <summary>Fourier transforms of images.</summary>
static class Fourier
{
    /// <summary>The two-sided transform over rows and columns, real and imaginary parts in a last dimension of 2.</summary>
    public static Tensor Planes(Tensor images, FourierNorm norm)
    {
        // no transform of an empty batch: the native one refuses it
        return images.numel() == 0
            ? stack([images, images], -1)
            : fft.fft2(images, dim: [-2, -1], norm: Norm(norm)).view_as_real();
    }

    /// <summary>TorchSharp's name of a norm.</summary>
    public static FFTNormType Norm(FourierNorm norm) =>
        norm switch
        {
            FourierNorm.Backward => FFTNormType.Backward,
            FourierNorm.Ortho => FFTNormType.Ortho,
            _ => FFTNormType.Forward,
        };
}
