namespace TorchLoss;

/// <summary>PPO: a policy gradient that stops pulling once an action's probability has changed enough.</summary>
/// <remarks>
/// With the ratio <c>ρ = exp(log_prob − old_log_prob)</c> and the advantage A, averaged over all actions:
/// <c>max(−A ρ, −A clip(ρ, 1 − c, 1 + c_high)) + vf_coef · ½ value error − ent_coef · entropy</c>. The value error is
/// <c>(values − returns)²</c>, with clip_vloss the larger of that and the square after values have moved by at most c from
/// old_values (cleanrl; Stable-Baselines3 has no ½ and does not clip). The terms of values and entropy count where they are given.
/// dual_clip bounds what one action with A below 0 can cost at dual_clip · |A|. Advantages, returns and old tensors get no gradient.
/// Tensors of any shape, all of the same: (N), or (B, T) with a mask. Advantages are normalised by mean and unbiased deviation of
/// what counts; a single action's, which has no deviation, becomes 0. A ratio that would overflow grows on as a straight line.
/// </remarks>
[Loss(
    Family.Preference,
    Formula = @"\max\big(-A \rho,\ -A\,\mathrm{clip}(\rho, 1 - c, 1 + c)\big) + \frac{c_v}{2} (V - R)^2 - c_e H",
    Source = "Schulman, Wolski, Dhariwal, Radford and Klimov 2017, Proximal Policy Optimization Algorithms, arXiv:1707.06347, eqs. (7) and (9); dual clip: Ye et al. 2020, arXiv:1912.09729, eq. (5); clip-higher: Yu et al. 2025, arXiv:2503.14476",
    Function = "ppo_loss"
)]
public sealed partial class PPOLoss : LossModule3
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("log_prob", "N", Role.LogLikelihood),
        new("old_log_prob", "N", Role.Target),
        new("advantages", "N", Role.Target),
        new("values", "N", Role.Prediction) { Optional = true },
        new("old_values", "N", Role.Target) { Optional = true },
        new("returns", "N", Role.Target) { Optional = true },
        new("entropy", "N", Role.Prediction) { Optional = true },
        new("mask", "N", Role.Mask) { Optional = true },
    ];

    /// <param name="clip_coef">How far a ratio may fall below 1 (and rise above it), c; also how far values may move.</param>
    /// <param name="clip_coef_high">How far a ratio may rise above 1, c_high; null is as far as it may fall.</param>
    /// <param name="dual_clip">Bound on the cost of one action in multiples of |A|, above 1; null is none.</param>
    /// <param name="norm_adv">Whether advantages are normalised over the batch.</param>
    /// <param name="clip_vloss">Whether the value error is clipped; needs old_values.</param>
    /// <param name="vf_coef">Weight of the value error.</param>
    /// <param name="ent_coef">Weight of the entropy.</param>
    /// <param name="values">The critic's values.</param>
    /// <param name="old_values">The values when the actions were taken.</param>
    /// <param name="returns">What the values should be.</param>
    /// <param name="entropy">The policy's entropy at each action, nats.</param>
    /// <param name="mask">True (or a weight) where an action counts; null counts all.</param>
    static Tensor Compute(
        Tensor log_prob,
        Tensor old_log_prob,
        Tensor advantages,
        [AtLeast(0)] double clip_coef = 0.2,
        [AtLeast(0)] double? clip_coef_high = null,
        [AtLeast(1)] double? dual_clip = null,
        bool norm_adv = true,
        bool clip_vloss = true,
        [AtLeast(0)] double vf_coef = 0.5,
        [AtLeast(0)] double ent_coef = 0.01,
        [Input] Tensor? values = null,
        [Input] Tensor? old_values = null,
        [Input] Tensor? returns = null,
        [Input] Tensor? entropy = null,
        [Input] Tensor? mask = null
    )
    {
        const string loss = nameof(PPOLoss);
        InputCheck.Floating(log_prob, loss);
        InputCheck.Like(old_log_prob, log_prob, loss);
        InputCheck.Like(advantages, log_prob, loss);
        InputCheck.Like(values, log_prob, loss);
        InputCheck.Like(old_values, log_prob, loss);
        InputCheck.Like(returns, log_prob, loss);
        InputCheck.Like(entropy, log_prob, loss);
        InputCheck.BroadcastsTo(mask, log_prob, loss);
        var ratio = (log_prob.Upcast() - old_log_prob.Upcast().detach()).BoundedExp();
        var clipped = ratio.clamp(1 - clip_coef, 1 + (clip_coef_high ?? clip_coef));
        var advantage = advantages.Upcast().detach();
        advantage = norm_adv ? Normalized(advantage, mask) : advantage;
        var total = Surrogate(ratio, clipped, advantage, dual_clip).Reduce(Reduction.Mean, mask);
        if (values is not null)
        {
            var errors = ValueErrors(values.Upcast(), old_values, returns, clip_vloss ? clip_coef : null);
            total += errors.Reduce(Reduction.Mean, mask) * (vf_coef * 0.5);
        }

        return entropy is null ? total : total - entropy.Upcast().Reduce(Reduction.Mean, mask) * ent_coef;
    }

    static Tensor Surrogate(Tensor ratio, Tensor clipped, Tensor advantage, double? dual_clip)
    {
        var cost = maximum(-advantage * ratio, -advantage * clipped);
        return dual_clip is { } bound ? where(advantage.lt(0), minimum(cost, -advantage * bound), cost) : cost;
    }

    static Tensor ValueErrors(Tensor values, Tensor? old_values, Tensor? returns, double? clip)
    {
        if (returns is null || clip is not null && old_values is null)
        {
            throw new ArgumentException(
                $"{nameof(PPOLoss)}: values need returns, and with clip_vloss also old_values; {(returns is null ? "returns" : "old_values")} is missing."
            );
        }

        var goal = returns.Upcast().detach();
        var errors = (values - goal).square();
        if (clip is not { } most)
        {
            return errors;
        }

        var old = old_values!.Upcast().detach();
        return maximum(errors, (old + (values - old).clamp(-most, most) - goal).square());
    }

    /// <summary>Less the mean, over the unbiased deviation plus 1e-8.</summary>
    internal static Tensor Normalized(Tensor advantage, Tensor? mask)
    {
        var weight = mask is null ? ones_like(advantage) : mask.to(advantage.dtype).expand_as(advantage);
        var count = weight.sum();
        var centred = advantage - advantage.Reduce(Reduction.Mean, weight);
        var variance = centred.square().Reduce(Reduction.Sum, weight) / (count - 1).clamp_min(1);
        return centred / (variance.sqrt() + 1e-8);
    }
}
