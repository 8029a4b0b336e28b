namespace TorchLoss;

/// <summary>Advantage-weighted regression: imitates the actions on record, the more the better they turned out.</summary>
/// <remarks>
/// Per step <c>ℓ = −min(e^(A/β), w_max) log π(a | s)</c>, the weight without gradient. A small β imitates only the best. The power is bounded
/// before it is taken: e^(A/β) overflows from A/β = 88 on.
/// </remarks>
[Loss(
    Family.Preference,
    Formula = @"-\min\left( e^{A / \beta},\ w_{\max} \right) \log \pi(a \mid s)",
    Source = "Peng, Kumar, Zhang and Levine 2019, Advantage-Weighted Regression, arXiv:1910.00177, eq. (9); Nair et al. 2020, AWAC, arXiv:2006.09359, eq. (13)",
    Function = "awr_loss"
)]
public sealed partial class AWRLoss : LossModule2
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [new("log_prob", "N", Role.LogLikelihood), new("advantages", "N", Role.Target)];

    /// <param name="log_prob">Log-probabilities of the actions taken, any shape.</param>
    /// <param name="advantages">How much better they were than expected, the shape of log_prob.</param>
    /// <param name="beta">Temperature β, in units of the advantage.</param>
    /// <param name="weight_max">Largest weight.</param>
    /// <param name="reduction">None keeps one loss a sample, Mean averages them, Sum adds them up.</param>
    static Tensor Compute(
        Tensor log_prob,
        Tensor advantages,
        [Positive] double beta = 1.0,
        [Positive] double weight_max = 20.0,
        Reduction reduction = Reduction.Mean
    )
    {
        const string loss = nameof(AWRLoss);
        InputCheck.Floating(log_prob, loss);
        InputCheck.SameShape(advantages, log_prob, loss);
        InputCheck.SameDevice(advantages, log_prob, loss);
        var own = log_prob.Upcast();
        var weight = (advantages.detach().to(own.dtype) / beta).clamp_max(Math.Log(weight_max)).exp();
        return (-own * weight).Reduce(reduction);
    }
}
