namespace TorchLoss;

/// <summary>ORPO: fine-tuning and preference in one, by the odds of the chosen answer against the rejected one.</summary>
/// <remarks>
/// With the AVERAGE log-probability x per token (nats, below 0) of each answer and its log odds <c>x − log(1 − e^x)</c>,
/// <c>ℓ = −β log σ(log odds of chosen − log odds of rejected)</c>, plus the likelihood term chosen_nll where it is given (a number,
/// added to every pair, or one number per pair). Shapes (B).
/// log(1 − e^x) switches form at −log 2, as neither form has digits on the other side; an answer that is certain (x = 0, or
/// above by rounding) counts as all but certain, since its odds are infinite.
/// </remarks>
[Loss(
    Family.Preference,
    Formula = @"\mathcal{L}_{\mathrm{NLL}} - \beta \log \sigma\Big(\log\frac{\mathrm{odds}(y_w)}{\mathrm{odds}(y_l)}\Big)",
    Source = "Hong, Lee and Thorne 2024, ORPO: Monolithic Preference Optimization without Reference Model, arXiv:2403.07691, eqs. (4) to (7)",
    Function = "orpo_loss"
)]
public sealed partial class ORPOLoss : AnswerPairLoss
{
    /// <summary>How far below 0 a certain answer's x counts; the gradient there, its reciprocal, is still finite in float32.</summary>
    const double Certain = 1e-20;

    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("policy_chosen_logps", "B", Role.LogLikelihood),
        new("policy_rejected_logps", "B", Role.LogLikelihood),
        new("chosen_nll", "", Role.Prediction) { Optional = true },
    ];

    /// <param name="beta">Weight β of the preference.</param>
    /// <param name="chosen_nll">Negative log-likelihood of the chosen answers: one number, or one per pair.</param>
    /// <param name="reduction">None keeps the pairs' losses (B), Mean averages them, Sum adds them up.</param>
    static Tensor Compute(
        Tensor policy_chosen_logps,
        Tensor policy_rejected_logps,
        [AtLeast(0)] double beta = 0.1,
        [Input] Tensor? chosen_nll = null,
        Reduction reduction = Reduction.Mean
    )
    {
        var logps = Check(policy_chosen_logps, policy_rejected_logps, nameof(ORPOLoss)).Map(x => x.clamp_max(-Certain));
        var losses = AnswerPair.Logistic(logps.Margin - logps.Map(LogComplement).Margin) * beta;
        return WithLikelihood(losses, chosen_nll, 1, nameof(ORPOLoss)).Reduce(reduction);
    }

    /// <summary>log(1 − e^x) for x below 0. The second form sees only its own half: near 0 its slope is infinite, and 0 · ∞ is NaN.</summary>
    static Tensor LogComplement(Tensor x)
    {
        var half = -Math.Log(2);
        return where(x.gt(half), (-x.expm1()).log(), (-x.clamp_max(half).exp()).log1p());
    }
}
