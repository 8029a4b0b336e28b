namespace TorchLoss;

/// <summary>Signal-to-distortion ratio of BSS eval: forgives what a short filter does to a sound, a room or a loudspeaker for instance, in decibels.</summary>
/// <remarks>
/// Per signal <c>ℓ = −10 log10(c / (1 − c))</c> (dB, the lower the better), with c in [0, 1] the share of the prediction's energy that some filter of
/// the target explains: <c>c = bᵀ R⁻¹ b</c> for the autocorrelation R of the target and its correlation b with the prediction, over
/// filter_length lags, both signals of length 1. A filter of one tap is <see cref="SISDRLoss"/> without ε. It is computed in float64, as in
/// torchmetrics: R is nearly singular for sounds with few frequencies, where load_diag helps. c and 1 − c are at least 1e-15, so that
/// silence costs 150 dB and a perfect prediction −150 dB, with gradient 0.
/// </remarks>
[Loss(
    Family.Audio,
    Formula = @"-10 \log_{10} \frac{b^T R^{-1} b}{1 - b^T R^{-1} b}",
    Source = "Vincent, Gribonval and Févotte 2006, Performance measurement in blind audio source separation, doi:10.1109/TSA.2005.858005; Scheibler 2022, SDR - Medium Rare with Fast Computations, arXiv:2110.06440",
    Function = "sdr_loss",
    Aliases = "SignalDistortionRatioLoss"
)]
public sealed partial class SDRLoss : WaveformLoss
{
    const double Least = 1e-15;

    /// <param name="filter_length">Taps of the filter that is forgiven, at most T.</param>
    /// <param name="zero_mean">Takes the mean over time off both signals first.</param>
    /// <param name="load_diag">Added to the diagonal of R; null adds nothing.</param>
    /// <param name="reduction">None keeps one loss per signal, Mean averages them, Sum adds them up.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        [AtLeast(1)] long filter_length = 512,
        bool zero_mean = false,
        [AtLeast(0)] double? load_diag = null,
        Reduction reduction = Reduction.Mean
    )
    {
        var (x, y) = Signals(nameof(SDRLoss), input, target, zero_mean);
        if (x.shape[^1] < filter_length)
        {
            throw new ArgumentException(
                $"{nameof(SDRLoss)}: input must have at least filter_length = {filter_length} samples, got {x.shape[^1]}.",
                nameof(input)
            );
        }

        if (x.numel() == 0)
        {
            return (x - y).sum(-1).Reduce(reduction);
        }

        var explained = Explained(Unit(x), Unit(y), filter_length, load_diag ?? 0);
        var ratio = explained.clamp_min(Least).log() - (1 - explained).clamp_min(Least).log();
        return ((-10 / Math.Log(10)) * ratio).to(x.dtype).Reduce(reduction);
    }

    static Tensor Unit(Tensor signal)
    {
        var wide = signal.to(ScalarType.Float64);
        return wide / wide.norm(-1, keepdim: true).clamp_min(1e-6);
    }

    /// <summary>The share c of x's energy that a filter of y explains.</summary>
    static Tensor Explained(Tensor x, Tensor y, long taps, double load)
    {
        var length = (long)System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)(2 * x.shape[^1]));
        var (a, b) = (fft.rfft(x, length), fft.rfft(y, length));
        Tensor Lags(Tensor spectrum) => fft.irfft(spectrum, length).narrow(-1, 0, taps);
        var power = b.real.square() + b.imag.square();
        var own = Lags(complex(power, zeros_like(power)));
        var both = Lags(b.conj() * a);

        // a silent target has no filter: any regular matrix will do, since nothing of it is in the prediction; the solver
        // refuses NaN, which comes out all the same, through the correlation
        own = own.nan_to_num(0, 0, 0);
        var silent = own.narrow(-1, 0, 1).eq(0).to(own.dtype);
        var lag = arange(taps, device: x.device);
        var matrix = own.index_select(-1, (lag.unsqueeze(0) - lag.unsqueeze(1)).abs().flatten());
        var diagonal = eye(taps, dtype: own.dtype, device: x.device);
        var toeplitz = matrix.view([.. own.shape, taps]) + diagonal * (silent.unsqueeze(-1) + load);
        return (both * Solve(toeplitz, both)).sum(-1);
    }

    /// <summary>The solutions of the systems, one after the other.</summary>
    /// <remarks>
    /// In a process that has changed torch's number of threads, libtorch 2.10 fills the pivots of a batch of matrices with garbage:
    /// solving them at once then throws, or worse. Single matrices come out right.
    /// </remarks>
    static Tensor Solve(Tensor matrices, Tensor right)
    {
        var size = right.shape[^1];
        var systems = matrices.reshape(-1, size, size).unbind(0).Zip(right.reshape(-1, size).unbind(0));
        return stack([.. systems.Select(s => linalg.solve(s.First, s.Second))]).view(right.shape);
    }
}
