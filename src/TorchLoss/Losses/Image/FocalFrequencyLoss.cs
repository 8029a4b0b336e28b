namespace TorchLoss;

/// <summary>Focal frequency loss: compares images frequency by frequency and weighs those most that are worst, as generators leave some out.</summary>
/// <remarks>
/// <c>ℓ = c · mean w |D|²</c> with D the orthonormal two-sided Fourier transform of <c>x − y</c> over each patch, and the weight
/// <c>w = |D|^α / max |D|^α</c> in [0, 1], the largest of each patch and channel (or of the batch). Weights are constants for
/// the gradient, and 0 where all of D is 0. matrix replaces them. ave_spectrum averages the spectra of the batch first.
/// </remarks>
[Loss(
    Family.Image,
    Formula = @"c\, \mathrm{mean}\; w\, \lvert \mathcal{F}(x) - \mathcal{F}(y)\rvert^2, \quad w = \lvert \mathcal{F}(x) - \mathcal{F}(y)\rvert^{\alpha} / \max",
    Source = "Jiang, Dai, Wu and Loy 2021, Focal Frequency Loss for Image Reconstruction and Synthesis, arXiv:2012.12821, eqs. (8) and (9)",
    Aliases = "FFL"
)]
public sealed partial class FocalFrequencyLoss : ImageLoss
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static new IReadOnlyList<InputInfo> Inputs { get; } =
    [.. ImageLoss.Inputs, new("matrix", "*", Role.Weight) { Optional = true }];

    /// <param name="loss_weight">Factor c.</param>
    /// <param name="alpha">Exponent α: 0 weighs all frequencies the same.</param>
    /// <param name="patch_factor">Cuts images into this many patches along each side, which it must divide.</param>
    /// <param name="ave_spectrum">Averages the spectra of the batch first.</param>
    /// <param name="log_matrix">Weighs by ln(1 + |D|^α).</param>
    /// <param name="batch_matrix">Divides by the largest weight of the whole batch.</param>
    /// <param name="matrix">Weights of the frequencies, broadcast to (N, patches, C, H, W); they get no gradient.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        [AtLeast(0)] double loss_weight = 1.0,
        [AtLeast(0)] double alpha = 1.0,
        [AtLeast(1)] long patch_factor = 1,
        bool ave_spectrum = false,
        bool log_matrix = false,
        bool batch_matrix = false,
        [Input] Tensor? matrix = null
    )
    {
        const string loss = nameof(FocalFrequencyLoss);
        var (x, y) = Check(loss, input, target, spatial_dims: 2, least: 1, "a pixel");
        var planes = Fourier.Planes(Patches(x - y, patch_factor), FourierNorm.Ortho);
        if (ave_spectrum)
        {
            planes = planes.mean([0], keepdim: true);
        }

        var power = planes.square().sum(-1);
        InputCheck.BroadcastsTo(matrix, power, loss);
        if (power.numel() == 0)
        {
            return power.sum();
        }

        var weights = matrix?.detach().to(power.dtype) ?? Weights(power.detach(), alpha, log_matrix, batch_matrix);
        return (weights * power).mean() * loss_weight;
    }

    static Tensor Weights(Tensor power, double alpha, bool log_matrix, bool batch_matrix)
    {
        var sizes = power.pow(alpha / 2);
        sizes = log_matrix ? sizes.log1p() : sizes;
        return sizes.SafeDivide(batch_matrix ? sizes.max() : sizes.amax([-2, -1], keepdim: true)).clamp(0, 1);
    }

    /// <summary>(N, patches, C, H / p, W / p), row by row.</summary>
    static Tensor Patches(Tensor images, long p)
    {
        var (n, c, h, w) = (images.shape[0], images.shape[1], images.shape[2], images.shape[3]);
        return h % p == 0 && w % p == 0
            ? images.reshape(n, c, p, h / p, p, w / p).permute(0, 2, 4, 1, 3, 5).reshape(n, p * p, c, h / p, w / p)
            : throw new ArgumentException(
                $"{nameof(FocalFrequencyLoss)}: patch_factor must divide height and width of input, got {p} and {images.Shape}.",
                "patch_factor"
            );
    }
}
