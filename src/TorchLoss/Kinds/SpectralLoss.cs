using System.Runtime.InteropServices;

namespace TorchLoss;

/// <summary>A loss of signals by their short-time spectra; the last dimension is time.</summary>
/// <param name="reduction">How single losses become one value.</param>
public abstract class SpectralLoss(Reduction reduction = Reduction.Mean) : WaveformLoss(reduction)
{
    /// <summary>Checks two signals and compares their spectra; the map (signals, bins, frames) where nothing is reduced.</summary>
    /// <param name="loss">The loss, for messages.</param>
    /// <param name="input">The predicted signals (*, T).</param>
    /// <param name="target">The wanted signals, the shape of input.</param>
    /// <param name="frames">How signals are cut into spectra.</param>
    /// <param name="terms">What is compared.</param>
    /// <param name="reduction">How the elements of a map become one value.</param>
    /// <param name="bands">Sums magnitudes up into bands; null compares bin by bin.</param>
    private protected static Tensor Compare(
        string loss,
        Tensor input,
        Tensor target,
        SpectralFrames frames,
        SpectralTerms terms,
        Reduction reduction,
        Func<Tensor, Tensor>? bands = null
    )
    {
        var (x, y) = Check(loss, input, target);
        frames.Check(loss, x.shape[^1]);
        if (x.numel() == 0)
        {
            return (x - y).reshape(0, 1, x.shape[^1]).Reduce(reduction); // the native transform refuses it
        }

        var (a, b) = (frames.Spectrum(x), frames.Spectrum(y));
        var (magnitude, wanted) = (frames.Magnitude(a), frames.Magnitude(b));
        if (bands is not null)
        {
            (magnitude, wanted) = (bands(magnitude), bands(wanted));
        }

        var value = terms.Magnitudes(magnitude, wanted, reduction);
        return terms.Phase > 0 ? value + terms.Phase * (a.angle() - b.angle()).square().Reduce(Reduction.Mean) : value;
    }

    /// <summary>The mean of what several resolutions say; without a reduction one value per signal, since their maps differ in size.</summary>
    private protected static Tensor CompareAll(
        string loss,
        Tensor input,
        Tensor target,
        IReadOnlyList<SpectralFrames> resolutions,
        SpectralTerms terms,
        Reduction reduction
    )
    {
        var values = resolutions.Select(frames =>
        {
            var value = Compare(loss, input, target, frames, terms, reduction);
            return reduction is Reduction.None ? value.flatten(1).mean([1]) : value;
        });
        return values.Aggregate((a, b) => a + b) / resolutions.Count;
    }

    /// <summary>Pairs the sizes of several resolutions up, by default those of Parallel WaveGAN.</summary>
    private protected static IReadOnlyList<SpectralFrames> Resolutions(
        string loss,
        IReadOnlyList<long>? fft_sizes,
        IReadOnlyList<long>? hop_sizes,
        IReadOnlyList<long>? win_lengths,
        SpectralWindow window,
        double eps
    )
    {
        var (ffts, hops, windows) = (
            fft_sizes ?? [1024, 2048, 512],
            hop_sizes ?? [120, 240, 50],
            win_lengths ?? [600, 1200, 240]
        );
        return ffts.Count > 0 && hops.Count == ffts.Count && windows.Count == ffts.Count
            ? [.. ffts.Select((size, i) => new SpectralFrames(size, hops[i], windows[i], window, eps))]
            : throw new ArgumentException(
                $"{loss}: fft_sizes, hop_sizes and win_lengths must be of one length, at least 1, "
                    + $"got {ffts.Count}, {hops.Count} and {windows.Count}.",
                nameof(fft_sizes)
            );
    }
}

/// <summary>How a signal is cut into short spectra.</summary>
/// <param name="FftSize">Samples of one spectrum.</param>
/// <param name="HopSize">Samples from one spectrum to the next.</param>
/// <param name="WinLength">Samples that the window covers, in the middle of each spectrum.</param>
/// <param name="Window">The shape of the window.</param>
/// <param name="Eps">Least power of a bin.</param>
[StructLayout(LayoutKind.Auto)]
readonly record struct SpectralFrames(long FftSize, long HopSize, long WinLength, SpectralWindow Window, double Eps)
{
    /// <summary>Refuses what the native transform would not survive.</summary>
    public void Check(string loss, long samples)
    {
        if (WinLength > FftSize)
        {
            throw new ArgumentException(
                $"{loss}: win_length must be at most fft_size, got {WinLength} and {FftSize}.",
                "win_length"
            );
        }

        if (samples <= FftSize / 2)
        {
            throw new ArgumentException(
                $"{loss}: input must have more than fft_size / 2 = {FftSize / 2} samples (they are mirrored at both ends), got {samples}.",
                "input"
            );
        }
    }

    /// <summary>Complex spectra (signals, bins, frames); frame k is centred at sample k·HopSize.</summary>
    public Tensor Spectrum(Tensor signal)
    {
        var window = Weights(signal.dtype, signal.device);
        return stft(signal.reshape(-1, signal.shape[^1]), FftSize, HopSize, WinLength, window, return_complex: true);
    }

    /// <summary>Absolute values, at least √ε.</summary>
    /// <remarks>The floor lies under the root: the root of a silent bin has an infinite derivative, its logarithm as well.</remarks>
    public Tensor Magnitude(Tensor spectrum) => (spectrum.real.square() + spectrum.imag.square()).clamp_min(Eps).sqrt();

    /// <remarks>In doubles, not by torch's functions: TorchSharp passes their coefficients on as float32.</remarks>
    Tensor Weights(ScalarType dtype, Device device)
    {
        if (Window is SpectralWindow.KaiserWindow)
        {
            return kaiser_window(WinLength, dtype: dtype, device: device);
        }

        var weights = new double[WinLength];
        for (var i = 0; i < weights.Length; i++)
        {
            weights[i] = Weight(2 * Math.PI * i / WinLength);
        }

        return tensor(weights, dtype: dtype, device: device);
    }

    /// <summary>The weight at an angle in [0, 2π): windows are periodic.</summary>
    double Weight(double angle) =>
        Window switch
        {
            SpectralWindow.HannWindow => 0.5 - 0.5 * Math.Cos(angle),
            SpectralWindow.HammingWindow => 0.54 - 0.46 * Math.Cos(angle),
            SpectralWindow.BlackmanWindow => 0.42 - 0.5 * Math.Cos(angle) + 0.08 * Math.Cos(2 * angle),
            _ => 1 - Math.Abs(angle / Math.PI - 1),
        };
}

/// <summary>What two spectra are compared by: the weights of the terms.</summary>
/// <param name="Convergence">Weight of the spectral convergence.</param>
/// <param name="LogMagnitude">Weight of the distance of log magnitudes.</param>
/// <param name="Magnitude">Weight of the distance of magnitudes.</param>
/// <param name="Phase">Weight of the squared difference of phases.</param>
/// <param name="ScaleInvariance">Each wanted spectrum is first brought to the loudness that fits the predicted one best.</param>
/// <param name="Distance">The distance of (log) magnitudes.</param>
readonly record struct SpectralTerms(
    double Convergence,
    double LogMagnitude,
    double Magnitude,
    double Phase,
    bool ScaleInvariance,
    MagnitudeDistance Distance
)
{
    /// <summary>The weighted terms of magnitudes (signals, bins, frames); spectral convergence is one number of the whole batch.</summary>
    public Tensor Magnitudes(Tensor x, Tensor y, Reduction reduction)
    {
        if (ScaleInvariance)
        {
            y *= (x * y).sum([1, 2], keepdim: true).SafeDivide(y.square().sum([1, 2], keepdim: true));
        }

        var losses = x * 0;
        if (LogMagnitude > 0)
        {
            losses += LogMagnitude * Between(x.log(), y.log());
        }

        if (Magnitude > 0)
        {
            losses += Magnitude * Between(x, y);
        }

        var value = losses.Reduce(reduction);
        return Convergence > 0 ? value + Convergence * (y - x).norm().SafeDivide(y.norm()) : value;
    }

    Tensor Between(Tensor x, Tensor y) => Distance is MagnitudeDistance.L1 ? (x - y).abs() : (x - y).square();
}

/// <summary>How the samples of one spectrum are weighed.</summary>
public enum SpectralWindow
{
    /// <summary>Raised cosine.</summary>
    HannWindow,

    /// <summary>Raised cosine that does not reach 0.</summary>
    HammingWindow,

    /// <summary>Three cosines: the least leakage, the widest peaks.</summary>
    BlackmanWindow,

    /// <summary>Triangle.</summary>
    BartlettWindow,

    /// <summary>Kaiser's window with β = 12.</summary>
    KaiserWindow,
}

/// <summary>How far two magnitudes, or their logarithms, are apart.</summary>
public enum MagnitudeDistance
{
    /// <summary>Absolute difference.</summary>
    L1,

    /// <summary>Squared difference.</summary>
    L2,
}
