namespace TorchLoss;

/// <summary>Advantage actor-critic: policy gradient, value error and entropy in one.</summary>
/// <remarks>
/// <c>−mean(A log π(action)) + vf_coef · mean((returns − values)²) − ent_coef · mean(entropy)</c>; advantages and returns get no
/// gradient. Normalised advantages have their mean taken off and are divided by the unbiased deviation plus 1e-8. Tensors of any
/// shape, all of the same.
/// </remarks>
[Loss(
    Family.Preference,
    Formula = @"-A \log \pi(a \mid s) + c_v (R - V)^2 - c_e H",
    Source = "Mnih et al. 2016, Asynchronous Methods for Deep Reinforcement Learning, arXiv:1602.01783, algorithm S3; Stable-Baselines3 A2C",
    Function = "a2c_loss"
)]
public sealed partial class A2CLoss : LossModule5
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("log_prob", "N", Role.LogLikelihood),
        new("advantages", "N", Role.Target),
        new("values", "N", Role.Prediction),
        new("returns", "N", Role.Target),
        new("entropy", "N", Role.Prediction),
        new("mask", "N", Role.Mask) { Optional = true },
    ];

    /// <param name="normalize_advantage">Whether advantages are normalised over the batch.</param>
    /// <param name="vf_coef">Weight of the value error.</param>
    /// <param name="ent_coef">Weight of the entropy.</param>
    /// <param name="mask">True (or a weight) where an action counts; null counts all.</param>
    static Tensor Compute(
        Tensor log_prob,
        Tensor advantages,
        Tensor values,
        Tensor returns,
        Tensor entropy,
        bool normalize_advantage = false,
        [AtLeast(0)] double vf_coef = 0.5,
        [AtLeast(0)] double ent_coef = 0.0,
        [Input] Tensor? mask = null
    )
    {
        const string loss = nameof(A2CLoss);
        InputCheck.Floating(log_prob, loss);
        InputCheck.Like(advantages, log_prob, loss);
        InputCheck.Like(values, log_prob, loss);
        InputCheck.Like(returns, log_prob, loss);
        InputCheck.Like(entropy, log_prob, loss);
        InputCheck.BroadcastsTo(mask, log_prob, loss);
        var advantage = advantages.Upcast().detach();
        advantage = normalize_advantage ? PPOLoss.Normalized(advantage, mask) : advantage;
        var errors = (returns.Upcast().detach() - values.Upcast()).square();
        var losses = -advantage * log_prob.Upcast() + errors * vf_coef - entropy.Upcast() * ent_coef;
        return losses.Reduce(Reduction.Mean, mask);
    }
}
