namespace TorchLoss;

/// <summary>The forms of <see cref="SimPOLoss"/>.</summary>
public enum SimPOLossType
{
    /// <summary>Logistic loss of the margin.</summary>
    Sigmoid,

    /// <summary>Hinge loss of the margin.</summary>
    Hinge,
}

/// <summary>SimPO: learns from pairs of answers without a reference model, by their likelihood per token.</summary>
/// <remarks>
/// With the AVERAGE log-probability per token (nats) of both answers, <c>δ = logp_chosen − logp_rejected − γ/β</c> and
/// <c>ℓ = −(1 − ε) log σ(βδ) − ε log σ(−βδ)</c>, or <c>max(0, 1 − βδ)</c>. The margin γ asks for a lead. Shapes (B).
/// </remarks>
[Loss(
    Family.Preference,
    Formula = @"-\log \sigma\Big(\frac{\beta}{|y_w|} \log \pi(y_w) - \frac{\beta}{|y_l|} \log \pi(y_l) - \gamma\Big)",
    Source = "Meng, Xia and Chen 2024, SimPO: Simple Preference Optimization with a Reference-Free Reward, arXiv:2405.14734, eq. (6)",
    Function = "simpo_loss"
)]
public sealed partial class SimPOLoss : AnswerPairLoss
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [new("policy_chosen_logps", "B", Role.LogLikelihood), new("policy_rejected_logps", "B", Role.LogLikelihood)];

    /// <param name="beta">Scale β of the margin.</param>
    /// <param name="gamma_beta_ratio">The wanted lead γ/β, in nats per token.</param>
    /// <param name="label_smoothing">Share ε of pairs that may be the wrong way round; only for sigmoid.</param>
    /// <param name="loss_type">The form of the loss.</param>
    /// <param name="reduction">None keeps the pairs' losses (B), Mean averages them, Sum adds them up.</param>
    static Tensor Compute(
        Tensor policy_chosen_logps,
        Tensor policy_rejected_logps,
        [Positive] double beta = 2.0,
        [Finite] double gamma_beta_ratio = 0.25,
        [Between(0, 0.5)] double label_smoothing = 0.0,
        SimPOLossType loss_type = SimPOLossType.Sigmoid,
        Reduction reduction = Reduction.Mean
    )
    {
        var logps = Check(policy_chosen_logps, policy_rejected_logps, nameof(SimPOLoss));
        var margin = (logps.Margin - gamma_beta_ratio) * beta;
        var losses = loss_type is SimPOLossType.Hinge ? relu(1 - margin) : AnswerPair.Logistic(margin, label_smoothing);
        return losses.Reduce(reduction);
    }
}
