namespace TorchLoss;

/// <summary>Ratios of signal to distortion in decibels, over the last dimension: one formula, whose terms losses choose.</summary>
static class SignalRatio
{
    static readonly double Decibel = 10 / Math.Log(10);

    /// <summary>−10 log10(‖wanted‖² / (‖error‖² + ε) + ε): ε bounds it on both sides.</summary>
    public static Tensor Decibels(Tensor wanted, Tensor error, double eps) =>
        -Decibel * (Energy(wanted) / (Energy(error) + eps) + eps).log();

    /// <summary>The part of x that is y at some loudness, <c>α·y</c> with <c>α = ⟨x, y⟩ / (‖y‖² + ε)</c>.</summary>
    public static Tensor Projection(Tensor x, Tensor y, double eps) =>
        y * ((x * y).sum(-1, keepdim: true) / (Energy(y).unsqueeze(-1) + eps));

    /// <summary>Sum of squares over time.</summary>
    public static Tensor Energy(Tensor signal) => signal.square().sum(-1);

    /// <summary>A signal without its mean over time.</summary>
    public static Tensor Centred(Tensor signal) => signal - signal.mean([-1], keepdim: true);

    /// <summary>What one predicted signal costs against a wanted one; the shapes broadcast.</summary>
    public static Tensor Loss(SeparationCriterion criterion, Tensor x, Tensor y, double eps)
    {
        if (criterion is SeparationCriterion.Mse)
        {
            return (x - y).square().mean([-1]);
        }

        var wanted = criterion is SeparationCriterion.Snr ? y : Projection(x, y, eps);
        return Decibels(wanted, x - (criterion is SeparationCriterion.Sisdr ? wanted : y), eps);
    }
}

/// <summary>What one predicted signal costs against the wanted one.</summary>
public enum SeparationCriterion
{
    /// <summary>Negative scale-invariant signal-to-distortion ratio, see <see cref="SISDRLoss"/>.</summary>
    Sisdr,

    /// <summary>Negative signal-to-noise ratio, see <see cref="SNRLoss"/>.</summary>
    Snr,

    /// <summary>Negative scale-dependent signal-to-distortion ratio, see <see cref="SDSDRLoss"/>.</summary>
    Sdsdr,

    /// <summary>Mean squared error.</summary>
    Mse,
}
