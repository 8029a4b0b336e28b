namespace TorchLoss;

/// <summary>The forms of preference loss that <see cref="DPOLoss"/> knows.</summary>
public enum DPOLossType
{
    /// <summary>Logistic loss of the margin (Rafailov et al.); with label smoothing it is cDPO.</summary>
    Sigmoid,

    /// <summary>Hinge loss of the margin (SLiC).</summary>
    Hinge,

    /// <summary>Squared distance of the margin from 1/(2β) (IPO); per token if lengths are given.</summary>
    Ipo,

    /// <summary>Reverse KL to the smoothed preference (EXO); needs label smoothing above 0.</summary>
    ExoPair,

    /// <summary>Noise-contrastive alignment: also keeps the chosen answer likely (NCA).</summary>
    NcaPair,

    /// <summary>Logistic loss freed of the bias of flipped preferences (robust DPO).</summary>
    Robust,

    /// <summary>Chosen and rejected answers classified separately (BCO).</summary>
    BcoPair,

    /// <summary>Squared distance of the scores from ±1/(2β) (SPPO with hard labels).</summary>
    SppoHard,

    /// <summary>Logistic loss of sorted log-ratios: policy against reference (AOT).</summary>
    Aot,

    /// <summary>Logistic loss of sorted log-ratios: chosen against rejected, which need not be pairs (AOT).</summary>
    AotUnpaired,

    /// <summary>Chosen answers up, rejected answers down (APO-zero).</summary>
    ApoZero,

    /// <summary>Chosen answers down, rejected answers further down (APO-down).</summary>
    ApoDown,

    /// <summary>Blend of logistic and exponential loss that was found by search (DiscoPOP).</summary>
    Discopop,

    /// <summary>Logistic loss of the margin per token; needs lengths.</summary>
    SigmoidNorm,
}

/// <summary>How far the policy has moved from the reference: the divergence whose slope scores a log-ratio.</summary>
public enum FDivergence
{
    /// <summary>Score r: standard DPO.</summary>
    ReverseKl,

    /// <summary>Score −e^(−r): mass must stay wherever the reference has some.</summary>
    ForwardKl,

    /// <summary>Score log σ(r), which is bounded above.</summary>
    JsDivergence,

    /// <summary>Score e^((α − 1) r) / (α − 1).</summary>
    AlphaDivergence,
}

/// <summary>Direct preference optimisation: the policy learns from pairs of answers, without reward model and without sampling.</summary>
/// <remarks>
/// Of each answer r = log π(answer) − log π_ref(answer) (nats, added up over its tokens); its score f(r) is r itself unless
/// another divergence is chosen, and the margin is <c>δ = f(r_chosen) − f(r_rejected)</c>. The standard loss is
/// <c>−(1 − ε) log σ(βδ) − ε log σ(−βδ)</c>. Label smoothing ε is used by sigmoid, exo_pair, robust and both aot forms; lengths by
/// ipo and sigmoid_norm. The aot forms compare sorted values, so with reduction None their losses are in sorted order.
/// The exponentials of forward_kl and alpha_divergence go on as straight lines where they would overflow.
/// </remarks>
[Loss(
    Family.Preference,
    Formula = @"-\log \sigma\Big(\beta \log \frac{\pi(y_w)}{\pi_{\mathrm{ref}}(y_w)} - \beta \log \frac{\pi(y_l)}{\pi_{\mathrm{ref}}(y_l)}\Big)",
    Source = "Rafailov, Sharma, Mitchell, Ermon, Manning and Finn 2023, Direct Preference Optimization, arXiv:2305.18290, eq. (7); IPO: Azar et al. 2023, arXiv:2310.12036, eq. (17); divergences: Wang et al. 2023, arXiv:2309.16240",
    Function = "dpo_loss"
)]
public sealed partial class DPOLoss : PreferenceLoss
{
    /// <param name="beta">Strength β of the pull towards the reference: the smaller, the further the policy may move.</param>
    /// <param name="label_smoothing">Share ε of the preferences that are assumed to be the wrong way round.</param>
    /// <param name="loss_type">The form of the loss.</param>
    /// <param name="f_divergence">The divergence that scores log-ratios.</param>
    /// <param name="reference_free">Whether the reference counts as uniform; its log-probabilities are not read then.</param>
    /// <param name="discopop_tau">Temperature of the blend of discopop.</param>
    /// <param name="alpha_divergence_coef">α of alpha_divergence; 1 is reverse_kl.</param>
    /// <param name="chosen_lengths">Tokens of each chosen answer; at least 1.</param>
    /// <param name="rejected_lengths">Tokens of each rejected answer; at least 1.</param>
    /// <param name="reduction">None keeps the pairs' losses (B), Mean averages them, Sum adds them up.</param>
    static Tensor Compute(
        Tensor policy_chosen_logps,
        Tensor policy_rejected_logps,
        Tensor ref_chosen_logps,
        Tensor ref_rejected_logps,
        [Positive] double beta = 0.1,
        [Between(0, 0.5, HighOpen = true)] double label_smoothing = 0.0,
        DPOLossType loss_type = DPOLossType.Sigmoid,
        FDivergence f_divergence = FDivergence.ReverseKl,
        bool reference_free = false,
        [Positive] double discopop_tau = 0.05,
        [Finite] double alpha_divergence_coef = 0.5,
        [Input] Tensor? chosen_lengths = null,
        [Input] Tensor? rejected_lengths = null,
        Reduction reduction = Reduction.Mean
    )
    {
        const string loss = nameof(DPOLoss);
        Check(policy_chosen_logps, policy_rejected_logps, ref_chosen_logps, ref_rejected_logps, loss);
        var lengths = Lengths(chosen_lengths, rejected_lengths, policy_chosen_logps, loss);
        var policy = new AnswerPair(policy_chosen_logps.Upcast(), policy_rejected_logps.Upcast());
        var reference = reference_free
            ? policy.Map(p => zeros_like(p))
            : new AnswerPair(ref_chosen_logps.Upcast(), ref_rejected_logps.Upcast());
        var ratio = policy - reference;
        var score = ratio.Map(r => Score(r, f_divergence, alpha_divergence_coef));
        var margin = score.Margin * beta;
        var losses = loss_type switch
        {
            DPOLossType.Sigmoid => AnswerPair.Logistic(margin, label_smoothing),
            DPOLossType.Hinge => relu(1 - margin),
            DPOLossType.Ipo => (PerToken(score, lengths).Margin - 0.5 / beta).square(),
            DPOLossType.ExoPair => Exo(margin, label_smoothing),
            DPOLossType.NcaPair => Nca(score * beta),
            DPOLossType.Robust => Robust(margin, label_smoothing),
            DPOLossType.BcoPair => Bco(score * beta),
            DPOLossType.SppoHard => Sppo(score, 0.5 / beta),
            DPOLossType.Aot => AnswerPair.Logistic(
                (Sorted(policy.Margin) - Sorted(reference.Margin)) * beta,
                label_smoothing
            ),
            DPOLossType.AotUnpaired => AnswerPair.Logistic(ratio.Map(Sorted).Margin * beta, label_smoothing),
            DPOLossType.ApoZero => ((ratio.Chosen * -beta).sigmoid() + (ratio.Rejected * beta).sigmoid()),
            DPOLossType.ApoDown => ((ratio.Chosen * beta).sigmoid() + (-margin).sigmoid()),
            DPOLossType.Discopop => Discopop(margin, discopop_tau),
            DPOLossType.SigmoidNorm => -logsigmoid(PerToken(score, Needed(lengths)).Margin * beta),
            _ => throw new ArgumentOutOfRangeException(nameof(loss_type), loss_type, $"{loss}: unknown loss_type."),
        };
        return losses.Reduce(reduction);
    }

    static Tensor Score(Tensor ratio, FDivergence divergence, double alpha) =>
        divergence switch
        {
            FDivergence.ForwardKl => -(-ratio).BoundedExp(),
            FDivergence.JsDivergence => logsigmoid(ratio),
            FDivergence.AlphaDivergence when Math.Abs(alpha - 1) >= 1e-6 => (ratio * (alpha - 1)).BoundedExp()
                / (alpha - 1),
            _ => ratio,
        };

    static AnswerPair PerToken(AnswerPair score, AnswerPair? lengths) => lengths is { } l ? score / l : score;

    static AnswerPair Needed(AnswerPair? lengths) =>
        lengths
        ?? throw new ArgumentException("DPOLoss: loss_type sigmoid_norm needs chosen_lengths and rejected_lengths.");

    static Tensor Sorted(Tensor values) => values.sort(0).Values;

    static Tensor Robust(Tensor margin, double smoothing) =>
        (logsigmoid(-margin) * smoothing - logsigmoid(margin) * (1 - smoothing)) / (1 - 2 * smoothing);

    static Tensor Nca(AnswerPair reward) =>
        -logsigmoid(reward.Chosen) - 0.5 * logsigmoid(-reward.Chosen) - 0.5 * logsigmoid(-reward.Rejected);

    static Tensor Bco(AnswerPair reward) => -logsigmoid(reward.Chosen) - logsigmoid(-reward.Rejected);

    static Tensor Sppo(AnswerPair score, double goal) =>
        (score.Chosen - goal).square() + (score.Rejected + goal).square();

    static Tensor Exo(Tensor margin, double smoothing) =>
        smoothing > 0
            ? margin.sigmoid() * (logsigmoid(margin) - Math.Log(1 - smoothing))
                + (-margin).sigmoid() * (logsigmoid(-margin) - Math.Log(smoothing))
            : throw new ArgumentOutOfRangeException(
                "label_smoothing",
                smoothing,
                "DPOLoss: loss_type exo_pair needs label_smoothing > 0 (its authors take 0.001); with 0 the loss is infinite."
            );

    /// <remarks>e^(−x) σ(x/τ) as one exponential: for a very negative x the first factor is infinite and the second 0.</remarks>
    static Tensor Discopop(Tensor margin, double tau)
    {
        var blend = margin / tau;
        return -logsigmoid(margin) * (-blend).sigmoid() + (logsigmoid(blend) - margin).BoundedExp();
    }
}
