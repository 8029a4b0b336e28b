namespace TorchLoss;

/// <summary>Sum and difference STFT loss: compares stereo by what both channels share and by what sets them apart.</summary>
/// <remarks>
/// <c>ℓ = (w_sum · ℓ_MR(L + R) + w_diff · ℓ_MR(L − R)) / 2</c> with <see cref="MultiResolutionSTFTLoss"/> of the sum and the
/// difference of left and right: two channels of equal content that change places cost nothing in the sum. Signals are
/// (*, 2, T). reduction None keeps one value per stereo signal.
/// </remarks>
[Loss(
    Family.Audio,
    Formula = @"\frac{1}{2} \big(w_{sum} \ell_{MR}(x_L + x_R, y_L + y_R) + w_{diff} \ell_{MR}(x_L - x_R, y_L - y_R)\big)",
    Source = "Steinmetz, Pons, Pascual and Serrà 2020, Automatic multitrack mixing with a differentiable mixing console, arXiv:2010.10291, section 2.3",
    Function = "sum_and_difference_stft_loss"
)]
public sealed partial class SumAndDifferenceSTFTLoss : SpectralLoss
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static new IReadOnlyList<InputInfo> Inputs { get; } =
    [new("input", "B 2 T", Role.Waveform), new("target", "B 2 T", Role.Waveform)];

    /// <param name="fft_sizes">Samples of one spectrum, one number a resolution; null takes 1024, 2048, 512.</param>
    /// <param name="hop_sizes">Samples from one spectrum to the next; null takes 120, 240, 50.</param>
    /// <param name="win_lengths">Samples that the window covers; null takes 600, 1200, 240.</param>
    /// <param name="w_sum">Weight of the sum of both channels.</param>
    /// <param name="w_diff">Weight of their difference.</param>
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
        [AtLeast(0)] double w_sum = 1.0,
        [AtLeast(0)] double w_diff = 1.0,
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
        const string loss = nameof(SumAndDifferenceSTFTLoss);
        var (x, y) = Check(loss, input, target);
        if (x.dim() < 2 || x.shape[^2] != 2)
        {
            throw new ArgumentException($"{loss}: input must be (*, 2, T), got {input.Shape}.", nameof(input));
        }

        var terms = new SpectralTerms(w_sc, w_log_mag, w_lin_mag, w_phs, scale_invariance, mag_distance);
        var resolutions = Resolutions(loss, fft_sizes, hop_sizes, win_lengths, window, eps);
        Tensor Of(Func<Tensor, Tensor> mix) => CompareAll(loss, mix(x), mix(y), resolutions, terms, reduction);
        return (w_sum * Of(s => s.sum(-2)) + w_diff * Of(s => s.select(-2, 0) - s.select(-2, 1))) / 2;
    }
}
