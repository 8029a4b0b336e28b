namespace TorchLoss;

/// <summary>How <see cref="DQNLoss"/> measures an error.</summary>
public enum TemporalDifferenceLoss
{
    /// <summary>Squared below 1, absolute above.</summary>
    SmoothL1,

    /// <summary>Squared.</summary>
    Mse,
}

/// <summary>Deep Q-learning: the value of the action taken is drawn to the reward plus the best value that follows.</summary>
/// <remarks>
/// Per step <c>y = r + γ (1 − done) max_a Q'(s', a)</c> without gradient, and <c>ℓ = smooth_l1(Q(s, a) − y)</c>: half the square of
/// errors below 1, |e| − 1/2 above. With next_q_online, the online network's values of the next state, it is double DQN: that
/// network chooses the next action, next_q_values (of the target network) says what it is worth.
/// Shapes: values (B, C) of C actions, actions (B) int64, rewards and dones (B). What follows a finished episode is not read.
/// </remarks>
[Loss(
    Family.Preference,
    Formula = @"\mathrm{smooth}_{L_1}\Big(Q(s, a) - \big(r + \gamma (1 - d) \max_{a'} Q'(s', a')\big)\Big)",
    Source = "Mnih et al. 2015, Human-level control through deep reinforcement learning, doi:10.1038/nature14236; double: van Hasselt, Guez and Silver 2016, arXiv:1509.06461, eq. (4)",
    Function = "dqn_loss"
)]
public sealed partial class DQNLoss : LossModule5
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("q_values", "B C", Role.Prediction),
        new("actions", "B", Role.ClassIndex),
        new("rewards", "B", Role.Target),
        new("dones", "B", Role.BinaryTarget),
        new("next_q_values", "B C", Role.Target),
        new("next_q_online", "B C", Role.Target) { Optional = true },
        new("sample_weight", "B", Role.Weight) { Optional = true },
    ];

    /// <param name="gamma">Discount γ of what follows.</param>
    /// <param name="loss">How an error is measured.</param>
    /// <param name="next_q_online">The online network's values of the next state: double DQN.</param>
    /// <param name="sample_weight">Weight of each step, as prioritised replay gives them. Mean divides by their sum.</param>
    /// <param name="reduction">None keeps the steps' losses (B), Mean averages them, Sum adds them up.</param>
    static Tensor Compute(
        Tensor q_values,
        Tensor actions,
        Tensor rewards,
        Tensor dones,
        Tensor next_q_values,
        [Between(0, 1)] double gamma = 0.99,
        TemporalDifferenceLoss loss = TemporalDifferenceLoss.SmoothL1,
        [Input] Tensor? next_q_online = null,
        [Input] Tensor? sample_weight = null,
        Reduction reduction = Reduction.Mean
    )
    {
        Check(q_values, actions, rewards, dones, next_q_values, next_q_online, sample_weight);
        var taken = q_values.Upcast().gather(1, actions.unsqueeze(1)).squeeze(1);
        var goal = Goal(rewards.Upcast(), dones.to(taken.dtype), next_q_values.Upcast(), next_q_online, gamma);
        var error = (taken - goal.detach()).abs();
        var near = error.clamp_max(1);
        var losses = loss is TemporalDifferenceLoss.Mse ? error.square() : near * (error - near * 0.5);
        return losses.Reduce(reduction, sample_weight);
    }

    static Tensor Goal(Tensor rewards, Tensor dones, Tensor next, Tensor? online, double gamma)
    {
        var best = (online ?? next).argmax(1, keepdim: true);
        var goes_on = 1 - dones;
        return rewards + gamma * where(goes_on.eq(0), zeros_like(goes_on), goes_on * next.gather(1, best).squeeze(1));
    }

    static void Check(
        Tensor q_values,
        Tensor actions,
        Tensor rewards,
        Tensor dones,
        Tensor next_q_values,
        Tensor? next_q_online,
        Tensor? sample_weight
    )
    {
        const string dqn = nameof(DQNLoss);
        InputCheck.Floating(q_values, dqn);
        InputCheck.Dimensions(q_values, 2, "(B, actions)", dqn);
        InputCheck.Size(q_values, 1, Math.Max(1, q_values.shape[1]), "at least one action", dqn);
        InputCheck.Like(next_q_values, q_values, dqn);
        InputCheck.Like(next_q_online, q_values, dqn);
        InputCheck.Indices(actions, dqn);
        InputCheck.Dimensions(actions, 1, "(B)", dqn);
        InputCheck.Size(actions, 0, q_values.shape[0], "as in q_values", dqn);
        InputCheck.SameDevice(actions, q_values, dqn);
        InputCheck.IndexRange(actions, q_values.shape[1], null, dqn);
        InputCheck.SameShape(rewards, actions, dqn);
        InputCheck.SameDevice(rewards, q_values, dqn);
        InputCheck.SameShape(dones, actions, dqn);
        InputCheck.SameDevice(dones, q_values, dqn);
        InputCheck.BroadcastsTo(sample_weight, actions, dqn);
    }
}
