namespace TorchLoss;

/// <summary>REINFORCE: makes actions likelier, the more they earned above expectation.</summary>
/// <remarks>
/// Per action <c>ℓ = −log π(action) · (return − baseline)</c>. Its gradient is the policy gradient; its value means nothing and may
/// have either sign. Return and baseline get no gradient. Tensors of any shape, all of the same: (N), or (B, T) with a mask.
/// </remarks>
[Loss(
    Family.Preference,
    Formula = @"-\log \pi(a \mid s)\,(R - b)",
    Source = "Williams 1992, Simple statistical gradient-following algorithms for connectionist reinforcement learning, Machine Learning 8, doi:10.1007/BF00992696, eq. (11)",
    Function = "reinforce_loss",
    Aliases = "PolicyGradientLoss"
)]
public sealed partial class REINFORCELoss : LossModule2
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("log_prob", "N", Role.LogLikelihood),
        new("returns", "N", Role.Target),
        new("baseline", "N", Role.Target) { Optional = true },
        new("sample_weight", "N", Role.Weight) { Optional = true },
    ];

    /// <param name="baseline">What was expected, b; null is 0.</param>
    /// <param name="sample_weight">Weight of each action; a bool mask counts as 0 and 1. Mean divides by their sum.</param>
    /// <param name="reduction">None keeps the actions' losses, Mean averages them, Sum adds them up.</param>
    static Tensor Compute(
        Tensor log_prob,
        Tensor returns,
        [Input] Tensor? baseline = null,
        [Input] Tensor? sample_weight = null,
        Reduction reduction = Reduction.Mean
    )
    {
        const string loss = nameof(REINFORCELoss);
        InputCheck.Floating(log_prob, loss);
        InputCheck.Like(returns, log_prob, loss);
        InputCheck.Like(baseline, log_prob, loss);
        InputCheck.BroadcastsTo(sample_weight, log_prob, loss);
        var advantage = (baseline is null ? returns.Upcast() : returns.Upcast() - baseline.Upcast()).detach();
        return (-log_prob.Upcast() * advantage).Reduce(reduction, sample_weight);
    }
}
