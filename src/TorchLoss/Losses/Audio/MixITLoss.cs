namespace TorchLoss;

/// <summary>Mixture-invariant training: learns to separate from mixtures alone, by taking a mixture of two mixtures apart.</summary>
/// <remarks>
/// The model gets the sum of two mixtures and gives S sources. Per sample <c>ℓ = min_A 1/2 Σ_m L((A x)_m, y_m)</c> over all ways A to give
/// each source to one of the two mixtures, with L in dB or amplitude squared. All 2^S ways are tried without gradient, only
/// the best with gradient; at most 12 sources. In dB the mean over time is taken off first and ε is 1e-8, as in asteroid.
/// </remarks>
[Loss(
    Family.Audio,
    Formula = @"\min_{A \in \{0,1\}^{2 \times S}} \frac{1}{2} \sum_{m=1}^2 L\big([A x]_m, y_m\big)",
    Source = "Wisdom, Tzinis, Erdogan, Weiss, Wilson and Hershey 2020, Unsupervised Sound Separation Using Mixture Invariant Training, arXiv:2006.12701, eq. (3)",
    Function = "mixit_loss",
    Aliases = "MixtureInvariantTrainingLoss"
)]
public sealed partial class MixITLoss : WaveformLoss
{
    const double Eps = 1e-8;
    const int MostSources = 12;
    const long MostSamplesAtOnce = 1 << 22;

    /// <summary>The tensors of <c>forward</c>.</summary>
    public static new IReadOnlyList<InputInfo> Inputs { get; } =
    [new("input", "B S T", Role.Waveform), new("target", "B 2 T", Role.Waveform)];

    /// <param name="input">The predicted sources (B, S, T).</param>
    /// <param name="target">The two mixtures (B, 2, T).</param>
    /// <param name="loss">What one remixed mixture costs against the given one.</param>
    /// <param name="reduction">None keeps one loss per sample, Mean averages them, Sum adds them up.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        SeparationCriterion loss = SeparationCriterion.Snr,
        Reduction reduction = Reduction.Mean
    )
    {
        CheckMixtures(input, target);
        var x = input.Upcast();
        var y = target.to(x.dtype);
        if (loss is not SeparationCriterion.Mse)
        {
            y = SignalRatio.Centred(y);
        }

        var mixing = Ways((int)x.shape[1], x);
        var best = mixing.index_select(0, Tensors.Scoped(() => Best(mixing, x.detach(), y.detach(), loss)));
        return Losses(best.bmm(x), y, loss).Reduce(reduction);
    }

    /// <summary>Every way to give each source to one of the mixtures, (2^S, 2, S).</summary>
    static Tensor Ways(int sources, Tensor like)
    {
        var bits = arange(1L << sources, device: like.device).unsqueeze(1);
        var first = (bits.div(pow(2, arange(sources, device: like.device)), RoundingMode.floor)).remainder(2);
        return stack([first, 1 - first], 1).to(like.dtype);
    }

    /// <summary>The way that costs each sample least, (B).</summary>
    static Tensor Best(Tensor mixing, Tensor x, Tensor y, SeparationCriterion loss)
    {
        var atOnce = Math.Max(1, MostSamplesAtOnce / Math.Max(1, 2 * x.shape[0] * x.shape[2]));
        var costs = mixing
            .split(atOnce, 0)
            .Select(some =>
            {
                var remixed = some.reshape(1, -1, x.shape[1]).expand(x.shape[0], -1, -1).bmm(x);
                return Losses(remixed.view(x.shape[0], some.shape[0], 2, x.shape[2]), y.unsqueeze(1), loss);
            });
        return cat([.. costs], 1).argmin(1);
    }

    static Tensor Losses(Tensor remixed, Tensor mixtures, SeparationCriterion loss)
    {
        var x = loss is SeparationCriterion.Mse ? remixed : SignalRatio.Centred(remixed);
        return SignalRatio.Loss(loss, x, mixtures, Eps).mean([-1]);
    }

    static void CheckMixtures(Tensor input, Tensor target)
    {
        const string owner = nameof(MixITLoss);
        InputCheck.Floating(input, owner);
        InputCheck.Floating(target, owner);
        InputCheck.SameDevice(target, input, owner);
        InputCheck.Dimensions(input, 3, "(B, S, T)", owner);
        InputCheck.Dimensions(target, 3, "(B, 2, T)", owner);
        if (
            target.shape[0] != input.shape[0]
            || target.shape[1] != 2
            || target.shape[2] != input.shape[2]
            || input.shape[2] == 0
        )
        {
            throw new ArgumentException(
                $"{owner}: input (B, S, T) and target (B, 2, T) expected, T at least 1, got {input.Shape} and {target.Shape}.",
                nameof(target)
            );
        }

        if (input.shape[1] is < 1 or > MostSources)
        {
            throw new ArgumentException(
                $"{owner}: input must have 1 to {MostSources} sources (all 2^S ways are tried), got {input.Shape}.",
                nameof(input)
            );
        }
    }
}
