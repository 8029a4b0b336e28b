namespace TorchLoss;

/// <summary>SuperLoss: a curriculum without a schedule; samples that are harder than usual count less, easier ones more.</summary>
/// <remarks>
/// Per sample <c>(ℓ − τ) σ + λ (log σ)²</c> at the confidence σ that makes it least, <c>σ = exp(−W(max(−2/e, (ℓ − τ)/λ) / 2))</c> with
/// Lambert's W, without gradient; σ is at most e. τ is the usual loss: log C for C classes, or a running mean.
/// </remarks>
[Loss(
    Family.MultiTask,
    Formula = @"\min_\sigma\ (\ell - \tau)\,\sigma + \lambda (\log \sigma)^2",
    Source = "Castells, Weinzaepfel and Revaud 2020, SuperLoss: A Generic Loss for Robust Curriculum Learning, NeurIPS, eqs. (1) to (3)"
)]
public sealed partial class SuperLoss : LossesLoss
{
    const int Iterations = 8;

    /// <param name="tau">The usual loss τ; log C for C classes.</param>
    /// <param name="lam">How little the confidence may differ from 1, λ.</param>
    /// <param name="reduction">None keeps the single losses, Mean averages them, Sum adds them up.</param>
    static Tensor Compute(
        Tensor losses,
        [Finite] double tau = 2.302585092994046,
        [Positive] double lam = 1.0,
        Reduction reduction = Reduction.Mean
    )
    {
        InputCheck.Floating(losses, nameof(SuperLoss));
        var excess = losses.Upcast() - tau;
        var w = Lambert((excess.detach().to(ScalarType.Float64) / lam).clamp_min(-2 / Math.E) * 0.5).to(excess.dtype);
        return (excess * (-w).exp() + w.square() * lam).Reduce(reduction);
    }

    /// <summary>W(y), the solution of w e^w = y, for y of at least −1/e: Halley's iteration.</summary>
    /// <remarks>Close to the branch point w = −1, where it divides 0 by 0, the series that it starts from is exact already.</remarks>
    static Tensor Lambert(Tensor y)
    {
        var root = ((y * Math.E + 1).clamp_min(0) * 2).sqrt();
        var series = root - root.square() / 3 + root.pow(3) * (11.0 / 72) - 1;
        var far = y.clamp_min(1).log();
        var w = where(y.lt(1), series, where(y.lt(Math.E), y.log1p(), far - far.clamp_min(1e-3).log()));
        var branch = root.lt(1e-3);
        for (var i = 0; i < Iterations; i++)
        {
            var e = w.exp();
            var off = w * e - y;
            var next = w + 1;
            var step = off / (e * next - (w + 2) * off / (next * 2));
            w = where(branch, w, w - step);
        }

        return w;
    }
}
