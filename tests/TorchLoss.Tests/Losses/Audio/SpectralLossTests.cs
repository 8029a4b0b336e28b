namespace TorchLoss.Tests.Losses.Audio;

/// <summary>Spectra: a transform written out in doubles, silence, loudness, sizes that do not fit.</summary>
public class SpectralLossTests
{
    static Tensor Signals(int seed, params long[] shape)
    {
        manual_seed(seed);
        return randn(shape, dtype: ScalarType.Float64);
    }

    /// <summary>Magnitudes [frame][bin] of one signal, by the definition: mirrored ends, periodic Hann window in the middle.</summary>
    static double[][] Magnitudes(double[] signal, int fft, int hop, int win, double eps)
    {
        double At(int t) =>
            signal[
                t < 0 ? -t
                : t < signal.Length ? t
                : 2 * (signal.Length - 1) - t
            ];
        double Window(int i) => i < 0 || i >= win ? 0 : 0.5 - 0.5 * Math.Cos(2 * Math.PI * i / win);
        double Power(int frame, int bin)
        {
            var (re, im) = (0.0, 0.0);
            for (var n = 0; n < fft; n++)
            {
                var value = At(frame * hop + n - fft / 2) * Window(n - (fft - win) / 2);
                re += value * Math.Cos(2 * Math.PI * bin * n / fft);
                im += value * Math.Sin(2 * Math.PI * bin * n / fft);
            }

            return re * re + im * im;
        }

        return
        [
            .. Enumerable
                .Range(0, signal.Length / hop + 1)
                .Select(f =>
                    Enumerable.Range(0, fft / 2 + 1).Select(b => Math.Sqrt(Math.Max(Power(f, b), eps))).ToArray()
                ),
        ];
    }

    [Fact]
    public void Equals_a_transform_in_plain_doubles()
    {
        const double Eps = 1e-2;
        var (x, y) = (Signals(1, 2, 30), Signals(2, 2, 30));
        var (a, b) = (Spectra(x), Spectra(y));
        var pairs = a.Zip(b).ToList();
        var convergence = Math.Sqrt(pairs.Sum(p => Math.Pow(p.Second - p.First, 2))) / Math.Sqrt(b.Sum(v => v * v));
        var logs = pairs.Average(p => Math.Pow(Math.Log(p.First) - Math.Log(p.Second), 2));
        var expected = 0.5 * convergence + 2 * logs + 3 * pairs.Average(p => Math.Pow(p.First - p.Second, 2));

        var loss = nn.functional.stft_loss(
            x,
            y,
            fft_size: 8,
            hop_size: 3,
            win_length: 6,
            w_sc: 0.5,
            w_log_mag: 2,
            w_lin_mag: 3,
            eps: Eps,
            mag_distance: MagnitudeDistance.L2
        );

        Assert.Equal(expected, loss.Value(), 10);

        List<double> Spectra(Tensor signals) =>
            [.. signals.Rows().SelectMany(r => Magnitudes(r, 8, 3, 6, Eps).SelectMany(f => f))];
    }

    [Fact]
    public void Silence_has_a_finite_value_and_no_gradient()
    {
        foreach (var phase in (double[])[0, 1])
        {
            Tensor Loss(Tensor x) => nn.functional.stft_loss(x, zeros_like(x), 16, 4, 16, w_lin_mag: 1, w_phs: phase);
            var silent = zeros([1, 40], ScalarType.Float32);

            Assert.Equal(0, Loss(silent).Value());
            Assert.Equal(0, Numbers.Gradient(silent, Loss).abs().max().Value());
        }
    }

    [Fact]
    public void Scale_invariance_does_not_hear_the_loudness_of_the_target()
    {
        var (x, y) = (Signals(1, 2, 40), Signals(2, 2, 40));
        Tensor Loss(Tensor target) =>
            nn.functional.stft_loss(x, target, 16, 4, 16, scale_invariance: true, w_lin_mag: 1, eps: 1e-20);

        Assert.Equal(Loss(y).Value(), Loss(y * tensor([0.1, 30.0]).view(2, 1)).Value(), 8);
    }

    [Fact]
    public void Several_resolutions_are_the_mean_of_each()
    {
        var (x, y) = (Signals(1, 2, 1, 40), Signals(2, 2, 1, 40));
        foreach (var reduction in (Reduction[])[Reduction.Mean, Reduction.Sum])
        {
            Tensor One(long fft, long hop, long win) =>
                nn.functional.stft_loss(x, y, fft, hop, win, reduction: reduction);

            var all = nn.functional.multi_resolution_stft_loss(x, y, [16, 8], [4, 3], [12, 8], reduction: reduction);

            Assert.Equal(((One(16, 4, 12) + One(8, 3, 8)) / 2).Value(), all.Value(), 12);
        }
    }

    [Fact]
    public void Channels_that_change_places_cost_nothing_in_the_sum()
    {
        var x = Signals(1, 2, 2, 40);
        Tensor Loss(double sum, double difference) =>
            nn.functional.sum_and_difference_stft_loss(
                x,
                x.flip(1) + 0,
                [16],
                [4],
                [16],
                w_sum: sum,
                w_diff: difference
            );

        Assert.Equal(0, Loss(1, 0).Value(), 12);
        Assert.Equal(0, Loss(0, 1).Value(), 12); // right minus left has the magnitudes of left minus right
    }

    [Theory]
    [InlineData("more than fft_size / 2 = 8 samples", 16, 16, 8)]
    [InlineData("win_length must be at most fft_size, got 20 and 16", 16, 20, 40)]
    public void Sizes_that_do_not_fit_are_refused(string message, long fft, long win, long samples)
    {
        var x = zeros(2, samples);
        var e = Assert.Throws<ArgumentException>(() => nn.functional.stft_loss(x, x, fft, 4, win));

        Assert.Contains(message, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Resolutions_of_unequal_count_are_refused()
    {
        var x = zeros(1, 40);
        var e = Assert.Throws<ArgumentException>(() =>
            nn.functional.multi_resolution_stft_loss(x, x, [16, 8], [4], [16, 8])
        );

        Assert.Contains("got 2, 1 and 2", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_signal_at_all_costs_nothing()
    {
        var x = zeros(0, 40).requires_grad_();
        var loss = nn.functional.stft_loss(x, zeros(0, 40), 16, 4, 16);
        loss.backward();

        Assert.Equal(0, loss.Value());
    }
}
