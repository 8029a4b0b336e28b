namespace TorchLoss;

/// <summary>Multi-resolution STFT loss: compares spectra of several lengths, so that neither timing nor pitch is traded for the other.</summary>
/// <remarks>
/// <c>ℓ = 1/M Σ_m ℓ_STFT,m</c>, the mean of <see cref="STFTLoss"/> over M sizes of the transform: long ones tell pitches apart,
/// short ones times, and a model that fits one size alone leaves an artefact that another one hears. The longest transform
/// must be less than twice as long as the signal.
/// reduction Mean and Sum are those of each resolution; None keeps the mean of each signal's map, since the maps differ in size.
/// </remarks>
[Loss(
    Family.Audio,
    Formula = @"\frac{1}{M} \sum_{m=1}^M \frac{\lVert Y_m - X_m\rVert_F}{\lVert Y_m\rVert_F} + \frac{1}{N_m} \lVert \ln X_m - \ln Y_m\rVert_1",
    Source = "Yamamoto, Song and Kim 2020, Parallel WaveGAN, arXiv:1910.11480, eq. (6)",
    Function = "multi_resolution_stft_loss",
    Aliases = "MRSTFTLoss"
)]
public sealed partial class MultiResolutionSTFTLoss : SpectralLoss
{
    /// <param name="fft_sizes">Samples of one spectrum, one number a resolution; null takes 1024, 2048, 512.</param>
    /// <param name="hop_sizes">Samples from one spectrum to the next; null takes 120, 240, 50.</param>
    /// <param name="win_lengths">Samples that the window covers; null takes 600, 1200, 240.</param>
    /// <param name="window">How the samples of one spectrum are weighed.</param>
    /// <param name="w_sc">Weight of the spectral convergence.</param>
    /// <param name="w_log_mag">Weight of the distance of log magnitudes.</param>
    /// <param name="w_lin_mag">Weight of the distance of magnitudes.</param>
    /// <param name="w_phs">Weight of the squared difference of phases (radians, not unwrapped).</param>
    /// <param name="scale_invariance">Brings each target's spectrum to the loudness that fits the prediction best.</param>
    /// <param name="eps">Least power of a bin; magnitudes are at least its root.</param>
    /// <param name="mag_distance">Distance of (log) magnitudes.</param>
    /// <param name="reduction">How the elements of each resolution's map become one value; None keeps one per signal.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        [AtLeast(1)] IReadOnlyList<long>? fft_sizes = null,
        [AtLeast(1)] IReadOnlyList<long>? hop_sizes = null,
        [AtLeast(1)] IReadOnlyList<long>? win_lengths = null,
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
        const string loss = nameof(MultiResolutionSTFTLoss);
        var terms = new SpectralTerms(w_sc, w_log_mag, w_lin_mag, w_phs, scale_invariance, mag_distance);
        var resolutions = Resolutions(loss, fft_sizes, hop_sizes, win_lengths, window, eps);
        return CompareAll(loss, input, target, resolutions, terms, reduction);
    }
}
