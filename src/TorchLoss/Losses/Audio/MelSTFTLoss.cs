namespace TorchLoss;

/// <summary>Mel STFT loss: compares spectra in bands as wide as the ear's, so that detail counts where it is heard.</summary>
/// <remarks>
/// <see cref="STFTLoss"/> of mel bands <c>M = F·X</c> in place of bins, with F triangles that are equally wide on Slaney's mel
/// scale (linear up to 1 kHz, logarithmic above), from 0 Hz to half the sample rate, each of area 1: librosa's defaults.
/// Phases have no bands: w_phs compares those of the bins.
/// </remarks>
[Loss(
    Family.Audio,
    Formula = @"\frac{\lVert F Y - F X\rVert_F}{\lVert F Y\rVert_F} + \frac{1}{N} \lVert \ln F X - \ln F Y\rVert_1",
    Source = "Yamamoto, Song and Kim 2020, arXiv:1910.11480; Steinmetz and Reiss 2020, auraloss: Audio-focused loss functions in PyTorch, MelSTFTLoss",
    Function = "mel_stft_loss"
)]
public sealed partial class MelSTFTLoss : SpectralLoss
{
    /// <param name="sample_rate">Samples a second (Hz).</param>
    /// <param name="fft_size">Samples of one spectrum.</param>
    /// <param name="hop_size">Samples from one spectrum to the next.</param>
    /// <param name="win_length">Samples that the window covers, at most fft_size.</param>
    /// <param name="n_mels">Number of bands; each must hold a bin.</param>
    /// <param name="window">How the samples of one spectrum are weighed.</param>
    /// <param name="w_sc">Weight of the spectral convergence.</param>
    /// <param name="w_log_mag">Weight of the distance of log magnitudes.</param>
    /// <param name="w_lin_mag">Weight of the distance of magnitudes.</param>
    /// <param name="w_phs">Weight of the squared difference of phases (radians, not unwrapped).</param>
    /// <param name="scale_invariance">Brings each target's spectrum to the loudness that fits the prediction best.</param>
    /// <param name="eps">Least power of a bin; magnitudes are at least its root.</param>
    /// <param name="mag_distance">Distance of (log) magnitudes.</param>
    /// <param name="reduction">
    /// How the elements of the map become one value, see above; spectral convergence and phase are one number of the batch.
    /// </param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        [AtLeast(1)] long sample_rate,
        [AtLeast(1)] long fft_size = 1024,
        [AtLeast(1)] long hop_size = 256,
        [AtLeast(1)] long win_length = 1024,
        [AtLeast(1)] long n_mels = 128,
        SpectralWindow window = SpectralWindow.HannWindow,
        [AtLeast(0)] double w_sc = 1.0,
        [AtLeast(0)] double w_log_mag = 1.0,
        [AtLeast(0)] double w_lin_mag = 0.0,
        [AtLeast(0)] double w_phs = 0.0,
        bool scale_invariance = false,
        [Positive] double eps = 1e-8,
        MagnitudeDistance mag_distance = MagnitudeDistance.L1,
        Reduction reduction = Reduction.Mean
    )
    {
        var terms = new SpectralTerms(w_sc, w_log_mag, w_lin_mag, w_phs, scale_invariance, mag_distance);
        var frames = new SpectralFrames(fft_size, hop_size, win_length, window, eps);
        var weights = MelBands.Weights(sample_rate, fft_size, n_mels);
        Tensor Bands(Tensor x)
        {
            var filters = tensor(weights, dtype: x.dtype, device: x.device).view(1, n_mels, x.shape[1]);
            return filters.expand(x.shape[0], -1, -1).bmm(x);
        }

        return Compare(nameof(MelSTFTLoss), input, target, frames, terms, reduction, Bands);
    }
}

/// <summary>Triangular bands on the mel scale.</summary>
static class MelBands
{
    const double Knee = 1000; // Hz: linear below, logarithmic above
    const double KneeMel = 15;
    static readonly double Step = Math.Log(6.4) / 27;

    /// <summary>The weight of each bin in each band, band by band.</summary>
    public static double[] Weights(long sample_rate, long fft_size, long n_mels)
    {
        var bins = fft_size / 2 + 1;
        var top = Mel(sample_rate / 2.0);
        var weights = new double[n_mels * bins];
        for (var band = 0L; band < n_mels; band++)
        {
            double Edge(long i) => Hertz(top * (band + i) / (n_mels + 1));
            var (low, middle, high) = (Edge(0), Edge(1), Edge(2));
            var sum = 0.0;
            for (var bin = 0L; bin < bins; bin++)
            {
                var frequency = (double)bin * sample_rate / fft_size;
                var ramp = Math.Min((frequency - low) / (middle - low), (high - frequency) / (high - middle));
                sum += weights[band * bins + bin] = Math.Max(0, ramp) * 2 / (high - low);
            }

            if (sum == 0)
            {
                throw new ArgumentException(
                    $"{nameof(MelSTFTLoss)}: n_mels must be so few, and fft_size so large, that each band holds a bin; "
                        + $"band {band} of {n_mels} holds none of {bins}.",
                    nameof(n_mels)
                );
            }
        }

        return weights;
    }

    static double Mel(double hertz) => hertz < Knee ? hertz * KneeMel / Knee : KneeMel + Math.Log(hertz / Knee) / Step;

    static double Hertz(double mel) => mel < KneeMel ? mel * Knee / KneeMel : Knee * Math.Exp((mel - KneeMel) * Step);
}
