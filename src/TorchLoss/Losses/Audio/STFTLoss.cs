namespace TorchLoss;

/// <summary>STFT loss: compares short-time spectra, so that a sound may differ in samples where it does not differ to the ear.</summary>
/// <remarks>
/// With X, Y the magnitudes of the spectra of prediction and target, each <c>max(|·|², ε)</c> under the root:
/// <c>ℓ = w_sc ‖Y − X‖_F / ‖Y‖_F + w_log_mag d(ln X, ln Y) + w_lin_mag d(X, Y) + w_phs (∠x − ∠y)²</c>. Spectral convergence (the
/// first term, without unit) is taken over the whole batch and weighs loud bins, the log magnitude quiet ones. Signals are (*, T)
/// and mirrored at both ends by fft_size / 2, the window is periodic: torch.stft as auraloss calls it. The floor ε lies under the
/// root, where a silent bin would have an infinite derivative.
/// reduction Mean averages the log and linear terms over all bins, Sum adds them up, None keeps their map (signals, bins,
/// frames); convergence and the phases' mean are numbers of the whole batch and come to each element.
/// </remarks>
[Loss(
    Family.Audio,
    Formula = @"\frac{\lVert Y - X\rVert_F}{\lVert Y\rVert_F} + \frac{1}{N} \lVert \ln X - \ln Y\rVert_1",
    Source = "Arik, Jun and Diamos 2018, Fast Spectrogram Inversion using Multi-head Convolutional Neural Networks, arXiv:1808.06719, section 3; Yamamoto, Song and Kim 2020, arXiv:1910.11480, eqs. (4) and (5)",
    Function = "stft_loss"
)]
public sealed partial class STFTLoss : SpectralLoss
{
    /// <param name="fft_size">Samples of one spectrum.</param>
    /// <param name="hop_size">Samples from one spectrum to the next.</param>
    /// <param name="win_length">Samples that the window covers, at most fft_size.</param>
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
        [AtLeast(1)] long fft_size = 1024,
        [AtLeast(1)] long hop_size = 256,
        [AtLeast(1)] long win_length = 1024,
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
        return Compare(nameof(STFTLoss), input, target, frames, terms, reduction);
    }
}
