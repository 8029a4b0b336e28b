namespace TorchLoss;

/// <summary>The forms of <see cref="GRPOLoss"/>: what a token costs, and what the tokens are averaged over.</summary>
public enum GRPOLossType
{
    /// <summary>Mean over the answers of each one's mean over its tokens.</summary>
    Grpo,

    /// <summary>Mean over all tokens of the batch.</summary>
    Bnpo,

    /// <summary>Sum over B · max_completion_length: long answers are not favoured.</summary>
    DrGrpo,

    /// <summary>Sum over num_items_in_batch.</summary>
    Dapo,

    /// <summary>−ρ A log p with the ratio ρ bounded and without gradient, so that every token keeps its pull; sum over num_items_in_batch.</summary>
    Cispo,

    /// <summary>A soft gate of the ratio instead of a clip; averaged as grpo.</summary>
    Sapo,

    /// <summary>Each answer's mean times its length, averaged over the answers.</summary>
    Luspo,
}

/// <summary>What the importance ratio of <see cref="GRPOLoss"/> belongs to.</summary>
public enum ImportanceSamplingLevel
{
    /// <summary>Each token.</summary>
    Token,

    /// <summary>Each answer: the geometric mean of its tokens' ratios (GSPO).</summary>
    Sequence,
}

/// <summary>Group relative policy optimisation: a clipped policy gradient over the tokens of sampled answers, without a critic.</summary>
/// <remarks>
/// With <c>ρ = exp(logps − old_logps)</c> per token (or per answer) and the answer's advantage A, a token costs
/// <c>−min(A ρ, A clip(ρ, 1 − ε_low, 1 + ε_high)) + β (e^d − d − 1)</c> with d = ref_logps − logps, an estimate of the divergence
/// from the reference, in nats; loss_type says otherwise and how tokens are averaged. Advantages are given ready (rewards less
/// their group's mean). Without old_logps the policy itself counts as the old one: ρ is 1, with a gradient.
/// Shapes: logps (B, T), advantages (B), mask (B, T). A token that the mask leaves out may hold anything; an answer without tokens
/// costs 0. The value of a policy gradient means nothing by itself. Ratios that would overflow grow on as straight lines.
/// </remarks>
[Loss(
    Family.Preference,
    Formula = @"-\min\big(A \rho,\ A\,\mathrm{clip}(\rho, 1 - \varepsilon_l, 1 + \varepsilon_h)\big) + \beta\,(e^{d} - d - 1)",
    Source = "Shao et al. 2024, DeepSeekMath, arXiv:2402.03300, eq. (3); Dr. GRPO: Liu et al. 2025, arXiv:2503.20783; DAPO: Yu et al. 2025, arXiv:2503.14476; GSPO: Zheng et al. 2025, arXiv:2507.18071; CISPO: MiniMax 2025, arXiv:2506.13585",
    Function = "grpo_loss"
)]
public sealed partial class GRPOLoss : LossModule3
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("logps", "B T", Role.LogLikelihood),
        new("advantages", "B", Role.Target),
        new("mask", "B T", Role.Mask),
        new("old_logps", "B T", Role.Target) { Optional = true },
        new("ref_logps", "B T", Role.Target) { Optional = true },
    ];

    /// <param name="loss_type">What a token costs, and what the tokens are averaged over.</param>
    /// <param name="importance_sampling_level">Whether each token or each answer has a ratio.</param>
    /// <param name="epsilon_low">How far a ratio may fall below 1.</param>
    /// <param name="epsilon_high">How far a ratio may rise above 1; for cispo the bound of the ratio itself.</param>
    /// <param name="delta">Bound of the unclipped ratio, which otherwise has none where A is below 0; null is none.</param>
    /// <param name="beta">Weight β of the divergence from the reference; above 0 it needs ref_logps.</param>
    /// <param name="max_completion_length">Length that dr_grpo divides by; null is the width T of logps.</param>
    /// <param name="num_items_in_batch">
    /// Tokens that dapo and cispo divide by, over all steps of gradient accumulation; null is those of this batch.
    /// </param>
    /// <param name="sapo_temperature_pos">Sharpness of sapo's gate where A is above 0.</param>
    /// <param name="sapo_temperature_neg">Sharpness of sapo's gate elsewhere.</param>
    /// <param name="mask">True (or not 0) where a token counts.</param>
    /// <param name="old_logps">Log-probabilities when the answers were sampled; null is the policy itself.</param>
    /// <param name="ref_logps">Log-probabilities by the reference.</param>
    static Tensor Compute(
        Tensor logps,
        Tensor advantages,
        Tensor mask,
        GRPOLossType loss_type = GRPOLossType.Grpo,
        ImportanceSamplingLevel importance_sampling_level = ImportanceSamplingLevel.Token,
        [AtLeast(0)] double epsilon_low = 0.2,
        [AtLeast(0)] double epsilon_high = 0.2,
        [Positive] double? delta = null,
        [AtLeast(0)] double beta = 0.0,
        [AtLeast(1)] long? max_completion_length = null,
        [Positive] double? num_items_in_batch = null,
        [Positive] double sapo_temperature_pos = 1.0,
        [Positive] double sapo_temperature_neg = 1.05,
        [Input] Tensor? old_logps = null,
        [Input] Tensor? ref_logps = null
    )
    {
        Check(logps, advantages, mask, old_logps, ref_logps, beta);
        var kept = mask.ne(0);
        Tensor Clean(Tensor x) => where(kept, x.Upcast(), zeros_like(x.Upcast()));
        var policy = Clean(logps);
        var weights = kept.to(policy.dtype);
        var lengths = weights.sum(1);
        var log_ratio = policy - (old_logps is null ? policy : Clean(old_logps)).detach();
        if (importance_sampling_level is ImportanceSamplingLevel.Sequence)
        {
            log_ratio = (log_ratio.sum(1) / lengths.clamp_min(1)).unsqueeze(1).expand_as(policy);
        }

        var ratio = log_ratio.BoundedExp();
        var advantage = advantages.to(policy.dtype).detach().unsqueeze(1);
        var tokens = loss_type switch
        {
            GRPOLossType.Cispo => -ratio.clamp_max(epsilon_high).detach() * advantage * policy,
            GRPOLossType.Sapo => Gated(ratio, advantage, sapo_temperature_pos, sapo_temperature_neg),
            _ => Clipped(ratio, advantage, epsilon_low, epsilon_high, delta),
        };
        if (beta > 0)
        {
            var distance = Clean(ref_logps!).detach() - policy;
            tokens += (distance.BoundedExpm1() - distance) * beta;
        }

        var sums = (tokens * weights).sum(1);
        var fixed_length = max_completion_length ?? Math.Max(1, logps.shape[1]);
        return loss_type switch
        {
            GRPOLossType.Grpo or GRPOLossType.Sapo => (sums / lengths.clamp_min(1)).Reduce(Reduction.Mean),
            GRPOLossType.Luspo => sums.Reduce(Reduction.Mean),
            GRPOLossType.DrGrpo => sums.Reduce(Reduction.Mean) / fixed_length,
            GRPOLossType.Dapo or GRPOLossType.Cispo when num_items_in_batch is { } items => sums.sum() / items,
            _ => sums.sum() / lengths.sum().clamp_min(1),
        };
    }

    static Tensor Clipped(Tensor ratio, Tensor advantage, double low, double high, double? delta) =>
        -minimum(
            advantage * (delta is { } most ? ratio.clamp_max(most) : ratio),
            advantage * ratio.clamp(1 - low, 1 + high)
        );

    static Tensor Gated(Tensor ratio, Tensor advantage, double positive, double negative) =>
        -advantage * where(advantage.gt(0), Gate(ratio, positive), Gate(ratio, negative));

    /// <summary>4/τ · σ(τ (ρ − 1)): slope 1 at ρ = 1, fading on both sides.</summary>
    static Tensor Gate(Tensor ratio, double temperature) => ((ratio - 1) * temperature).sigmoid() * (4 / temperature);

    static void Check(Tensor logps, Tensor advantages, Tensor mask, Tensor? old_logps, Tensor? ref_logps, double beta)
    {
        const string loss = nameof(GRPOLoss);
        InputCheck.Floating(logps, loss);
        InputCheck.Dimensions(logps, 2, "(B, T)", loss);
        InputCheck.Dimensions(advantages, 1, "(B)", loss);
        InputCheck.Size(advantages, 0, logps.shape[0], "as in logps", loss);
        InputCheck.SameDevice(advantages, logps, loss);
        InputCheck.SameShape(mask, logps, loss);
        InputCheck.SameDevice(mask, logps, loss);
        InputCheck.Like(old_logps, logps, loss);
        InputCheck.Like(ref_logps, logps, loss);
        if (beta > 0 && ref_logps is null)
        {
            throw new ArgumentException($"{loss}: with beta above 0 it needs ref_logps.", nameof(ref_logps));
        }
    }
}
