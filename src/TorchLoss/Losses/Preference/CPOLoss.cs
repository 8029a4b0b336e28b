namespace TorchLoss;

/// <summary>The forms of <see cref="CPOLoss"/>.</summary>
public enum CPOLossType
{
    /// <summary>Logistic loss of the margin.</summary>
    Sigmoid,

    /// <summary>Hinge loss of the margin.</summary>
    Hinge,

    /// <summary>Squared distance of the margin from 1/(2β).</summary>
    Ipo,

    /// <summary>Logistic loss of the margin less γ/β; the log-probabilities are to be averages per token.</summary>
    Simpo,
}

/// <summary>Contrastive preference optimisation: preference without a reference model, held to the chosen answers by their likelihood.</summary>
/// <remarks>
/// With δ = logp_chosen − logp_rejected (nats): <c>−(1 − ε) log σ(βδ) − ε log σ(−βδ)</c>, <c>max(0, 1 − βδ)</c> or
/// <c>(δ − 1/(2β))²</c>, plus cpo_alpha · chosen_nll where it is given (a number, added to every pair, or one number per pair). An alpha other
/// than 0 replaces each logp x by AlphaPO's reward <c>(1 − e^(−αx)) / α</c>, which goes on as a straight line where it would overflow.
/// Shapes (B).
/// </remarks>
[Loss(
    Family.Preference,
    Formula = @"-\log \sigma\big(\beta \log \pi(y_w) - \beta \log \pi(y_l)\big) + \lambda\, \mathcal{L}_{\mathrm{NLL}}",
    Source = "Xu, Sharaf, Chen, Tan, Shen, Van Durme, Murray and Kim 2024, Contrastive Preference Optimization, arXiv:2401.08417, eqs. (3) to (5); AlphaPO: Gupta et al. 2025, arXiv:2501.03884",
    Function = "cpo_loss"
)]
public sealed partial class CPOLoss : AnswerPairLoss
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("policy_chosen_logps", "B", Role.LogLikelihood),
        new("policy_rejected_logps", "B", Role.LogLikelihood),
        new("chosen_nll", "", Role.Prediction) { Optional = true },
    ];

    /// <param name="beta">Scale β of the margin.</param>
    /// <param name="loss_type">The form of the loss.</param>
    /// <param name="label_smoothing">Share ε of pairs that may be the wrong way round; for sigmoid and simpo.</param>
    /// <param name="simpo_gamma">The lead γ that simpo asks for.</param>
    /// <param name="alpha">Shape α of AlphaPO's reward; 0 is the log-probability itself.</param>
    /// <param name="cpo_alpha">Weight of chosen_nll.</param>
    /// <param name="chosen_nll">Negative log-likelihood of the chosen answers: one number, or one per pair.</param>
    /// <param name="reduction">None keeps the pairs' losses (B), Mean averages them, Sum adds them up.</param>
    static Tensor Compute(
        Tensor policy_chosen_logps,
        Tensor policy_rejected_logps,
        [Positive] double beta = 0.1,
        CPOLossType loss_type = CPOLossType.Sigmoid,
        [Between(0, 0.5)] double label_smoothing = 0.0,
        [Finite] double simpo_gamma = 0.5,
        [Finite] double alpha = 0.0,
        [AtLeast(0)] double cpo_alpha = 1.0,
        [Input] Tensor? chosen_nll = null,
        Reduction reduction = Reduction.Mean
    )
    {
        var logps = Check(policy_chosen_logps, policy_rejected_logps, nameof(CPOLoss));
        var margin = (alpha == 0 ? logps : logps.Map(x => (x * -alpha).BoundedExpm1() / -alpha)).Margin;
        var losses = loss_type switch
        {
            CPOLossType.Hinge => relu(1 - margin * beta),
            CPOLossType.Ipo => (margin - 0.5 / beta).square(),
            CPOLossType.Simpo => AnswerPair.Logistic(margin * beta - simpo_gamma, label_smoothing),
            _ => AnswerPair.Logistic(margin * beta, label_smoothing),
        };
        return WithLikelihood(losses, chosen_nll, cpo_alpha, nameof(CPOLoss)).Reduce(reduction);
    }
}
