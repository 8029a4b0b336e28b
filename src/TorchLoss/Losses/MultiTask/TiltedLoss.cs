namespace TorchLoss;

/// <summary>Tilted average: between the mean and the maximum (or the minimum) of the losses, smoothly.</summary>
/// <remarks>
/// <c>(1/t) log mean exp(t ℓ)</c>: t above 0 makes hard samples count more (fairness), below 0 less (wrong labels), 0 is the mean.
/// </remarks>
[Loss(
    Family.MultiTask,
    Formula = @"\frac{1}{t} \log \frac{1}{N} \sum_i e^{t \ell_i}",
    Source = "Li, Beirami, Sanjabi and Smith 2021, Tilted Empirical Risk Minimization, arXiv:2007.01162, eq. (2)",
    Aliases = "TERMLoss"
)]
public sealed partial class TiltedLoss : LossesLoss
{
    /// <summary>Below it t · ℓ would vanish beside 1 and the mean is the better approximation.</summary>
    const double Flat = 1e-7;

    /// <param name="t">Tilt, in one over the unit of the losses.</param>
    static Tensor Compute(Tensor losses, [Finite] double t = 1.0)
    {
        var row = Row(losses, nameof(TiltedLoss));
        return row.numel() == 0 || Math.Abs(t) < Flat
            ? row.Reduce(Reduction.Mean)
            : ((row * t).logsumexp(0) - Math.Log(row.numel())) / t;
    }
}
