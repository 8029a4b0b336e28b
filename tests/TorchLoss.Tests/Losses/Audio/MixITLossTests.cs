namespace TorchLoss.Tests.Losses.Audio;

/// <summary>Mixtures of mixtures: every way to share sources out, in blocks; bands of equal area.</summary>
public class MixITLossTests
{
    static Tensor Sources(int seed, params long[] shape)
    {
        manual_seed(seed);
        return randn(shape, dtype: ScalarType.Float64);
    }

    [Theory]
    [InlineData(SeparationCriterion.Mse)]
    [InlineData(SeparationCriterion.Snr)]
    public void Is_the_best_of_all_ways(SeparationCriterion criterion)
    {
        var (x, y) = (Sources(1, 3, 4, 9), Sources(2, 3, 2, 9));
        Tensor Way(int bits)
        {
            var first = tensor(Enumerable.Range(0, 4).Select(s => (double)(bits >> s & 1)).ToArray()).view(4, 1);
            var remixed = stack([(x * first).sum(1), (x * (1 - first)).sum(1)], 1);
            var each =
                criterion is SeparationCriterion.Mse
                    ? (remixed - y).square().mean([-1])
                    : nn.functional.snr_loss(remixed, y, reduction: Reduction.None);
            return each.mean([1]);
        }

        var expected = stack([.. Enumerable.Range(0, 16).Select(Way)]).min(0).values;
        var losses = nn.functional.mixit_loss(x, y, criterion, Reduction.None);

        Assert.Equal(expected.Values(), losses.Values(), (a, b) => Math.Abs(a - b) < 1e-10);
    }

    [Fact]
    public void Long_signals_are_tried_in_blocks()
    {
        var sources = Sources(3, 1, 8, 40000).to(ScalarType.Float32);
        var share = tensor([1f, 0, 0, 1, 1, 0, 1, 0]).view(1, 8, 1);
        var mixtures = stack([(sources * share).sum(1), (sources * (1 - share)).sum(1)], 1);

        Assert.Equal(0, nn.functional.mixit_loss(sources, mixtures, SeparationCriterion.Mse).Value(), 8);
    }

    [Fact]
    public void More_sources_than_can_be_tried_are_refused()
    {
        var e = Assert.Throws<ArgumentException>(() => nn.functional.mixit_loss(zeros(1, 13, 5), zeros(1, 2, 5)));

        Assert.Contains("1 to 12 sources", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Mel_bands_have_area_one_and_hold_a_bin()
    {
        // 0 to 8 kHz in bins of 1 Hz: sums are integrals
        var bands = MelBands.Weights(16000, 16000, 10).Chunk(8001).Select(b => b.Sum()).ToList();

        Assert.Equal(10, bands.Count);
        Assert.All(bands, area => Assert.Equal(1, area, 3));
        var x = zeros(1, 40);
        var e = Assert.Throws<ArgumentException>(() => nn.functional.mel_stft_loss(x, x, 16000, 16, 4, 16, 40));
        Assert.Contains("each band holds a bin", e.Message, StringComparison.Ordinal);
    }
}
