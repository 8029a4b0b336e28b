namespace TorchLoss;

/// <summary>Soft actor-critic, the actor: actions should be worth much, and remain as varied as that allows.</summary>
/// <remarks>
/// <c>ℓ = mean(α log π(a | s) − min(q1, q2))</c> over the steps, in units of the return; the actions are drawn with reparameterisation, so the gradient flows
/// through all three. The minimum of two critics holds back what one of them overrates. No step gives 0.
/// </remarks>
[Loss(
    Family.Preference,
    Formula = @"\overline{\alpha \log \pi(a \mid s) - \min(Q_1, Q_2)}",
    Source = "Haarnoja et al. 2018, Soft Actor-Critic Algorithms and Applications, arXiv:1812.05905, eq. (9)",
    Function = "sac_actor_loss"
)]
public sealed partial class SACActorLoss : LossModule3
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [new("log_prob", "N", Role.Prediction), new("q1", "N", Role.Prediction), new("q2", "N", Role.Prediction)];

    /// <param name="log_prob">Log-probabilities of the actions drawn (N).</param>
    /// <param name="q1">What one critic thinks of them, the shape of log_prob.</param>
    /// <param name="q2">What the other thinks.</param>
    /// <param name="alpha">Temperature α: worth of variety, in units of the return.</param>
    static Tensor Compute(Tensor log_prob, Tensor q1, Tensor q2, [AtLeast(0)] double alpha = 0.2)
    {
        InputCheck.Floating(log_prob, nameof(SACActorLoss));
        InputCheck.Like(q1, log_prob, nameof(SACActorLoss));
        InputCheck.Like(q2, log_prob, nameof(SACActorLoss));
        return (log_prob.Upcast() * alpha - minimum(q1.Upcast(), q2.Upcast())).Reduce(Reduction.Mean);
    }
}
