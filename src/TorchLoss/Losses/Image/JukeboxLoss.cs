namespace TorchLoss;

/// <summary>Jukebox loss: compares how strong each frequency is and leaves open where its waves begin.</summary>
/// <remarks>
/// Per frequency <c>ℓ = (|F(x)| − |F(y)|)²</c> with F the two-sided Fourier transform over channels and space, in units squared; orthonormal by
/// default. A frequency that is absent has gradient 0, where the amplitude's own derivative is NaN. Inputs are (N, C, *space).
/// </remarks>
[Loss(
    Family.Image,
    Formula = @"\big(\lvert \mathcal{F}(x)\rvert - \lvert \mathcal{F}(y)\rvert\big)^2",
    Source = "Dhariwal et al. 2020, Jukebox: A Generative Model for Music, arXiv:2005.00341, section 3.1; MONAI, JukeboxLoss"
)]
public sealed partial class JukeboxLoss : ImageLoss
{
    /// <param name="spatial_dims">Dimensions of space: 1, 2 or 3.</param>
    /// <param name="fft_norm">What the transform is divided by.</param>
    /// <param name="reduction">None keeps the map (N, C, *space), Mean averages it, Sum adds it up.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        [Between(1, 3)] long spatial_dims = 2,
        FourierNorm fft_norm = FourierNorm.Ortho,
        Reduction reduction = Reduction.Mean
    )
    {
        var (x, y) = Check(nameof(JukeboxLoss), input, target, spatial_dims, least: 1, "an element");
        return (Amplitudes(x, fft_norm) - Amplitudes(y, fft_norm)).square().Reduce(reduction);
    }

    static Tensor Amplitudes(Tensor signal, FourierNorm norm)
    {
        if (signal.numel() == 0)
        {
            return signal; // the native transform refuses it
        }

        long[] all = [.. Enumerable.Range(1, (int)signal.dim() - 1).Select(d => (long)d)];
        var power = fft.fftn(signal, dim: all, norm: Fourier.Norm(norm)).view_as_real().square().sum(-1);
        var absent = power.eq(0);
        return where(absent, power * 0, where(absent, ones_like(power), power).sqrt());
    }
}
