namespace TorchLoss;

/// <summary>The forms of <see cref="KTOLoss"/>.</summary>
public enum KTOLossType
{
    /// <summary>Gain and loss against the policy's average drift from the reference.</summary>
    Kto,

    /// <summary>Against no drift (APO-zero for answers that are no pairs).</summary>
    ApoZeroUnpaired,
}

/// <summary>KTO: learns from answers that are each just good or bad; no pairs are needed.</summary>
/// <remarks>
/// Of each answer r = log π(answer) − log π_ref(answer) (nats, added up over its tokens) and z the policy's drift,
/// <c>z = max(0, mean(policy_kl_logps − ref_kl_logps))</c> over mismatched answers, without gradient, 0 where they are not given:
/// a good answer costs <c>w_d (1 − σ(β(r − z)))</c>, a bad one <c>w_u (1 − σ(β(z − r)))</c>. Good (B) and bad (M) answers may differ
/// in number, and either may be none; reduction None gives the losses of the good ones, then those of the bad ones.
/// </remarks>
[Loss(
    Family.Preference,
    Formula = @"w_d \big(1 - \sigma(\beta (r_w - z))\big) \ \text{or} \ w_u \big(1 - \sigma(\beta (z - r_l))\big)",
    Source = "Ethayarajh, Xu, Muennighoff, Jurafsky and Kiela 2024, KTO: Model Alignment as Prospect Theoretic Optimization, arXiv:2402.01306, eq. (8)",
    Function = "kto_loss"
)]
public sealed partial class KTOLoss : PreferenceLoss
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static new IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("policy_chosen_logps", "B", Role.Prediction),
        new("policy_rejected_logps", "M", Role.Prediction),
        new("ref_chosen_logps", "B", Role.Prediction),
        new("ref_rejected_logps", "M", Role.Prediction),
        new("policy_kl_logps", "N", Role.Prediction) { Optional = true },
        new("ref_kl_logps", "N", Role.Prediction) { Optional = true },
    ];

    /// <param name="beta">How strongly the policy is held to the reference, β: the larger, the closer.</param>
    /// <param name="desirable_weight">Weight w_d of the good answers.</param>
    /// <param name="undesirable_weight">Weight w_u of the bad answers.</param>
    /// <param name="loss_type">What gain and loss are measured against.</param>
    /// <param name="policy_kl_logps">Log-probabilities of mismatched answers by the policy, (N).</param>
    /// <param name="ref_kl_logps">The same by the reference.</param>
    /// <param name="reduction">None keeps the answers' losses (B + M), Mean averages them, Sum adds them up.</param>
    static Tensor Compute(
        Tensor policy_chosen_logps,
        Tensor policy_rejected_logps,
        Tensor ref_chosen_logps,
        Tensor ref_rejected_logps,
        [Positive] double beta = 0.1,
        [AtLeast(0)] double desirable_weight = 1.0,
        [AtLeast(0)] double undesirable_weight = 1.0,
        KTOLossType loss_type = KTOLossType.Kto,
        [Input] Tensor? policy_kl_logps = null,
        [Input] Tensor? ref_kl_logps = null,
        Reduction reduction = Reduction.Mean
    )
    {
        const string loss = nameof(KTOLoss);
        CheckAnswers(
            policy_chosen_logps,
            ref_chosen_logps,
            loss,
            nameof(policy_chosen_logps),
            nameof(ref_chosen_logps)
        );
        CheckAnswers(
            policy_rejected_logps,
            ref_rejected_logps,
            loss,
            nameof(policy_rejected_logps),
            nameof(ref_rejected_logps)
        );
        InputCheck.SameDevice(policy_rejected_logps, policy_chosen_logps, loss);
        var chosen = policy_chosen_logps.Upcast() - ref_chosen_logps.Upcast();
        var rejected = policy_rejected_logps.Upcast() - ref_rejected_logps.Upcast();
        if (Drift(policy_kl_logps, ref_kl_logps, policy_chosen_logps) is { } drift && loss_type is KTOLossType.Kto)
        {
            (chosen, rejected) = (chosen - drift, rejected - drift);
        }

        // 1 − σ(x) as σ(−x), which does not cancel
        var good = (chosen * -beta).sigmoid() * desirable_weight;
        var bad = (rejected * beta).sigmoid() * undesirable_weight;
        return cat([good, bad]).Reduce(reduction);
    }

    /// <summary>How far the policy has moved from the reference on average, at least 0; null where it is not known.</summary>
    static Tensor? Drift(Tensor? policy_kl_logps, Tensor? ref_kl_logps, Tensor answers)
    {
        if (policy_kl_logps is null && ref_kl_logps is null)
        {
            return null;
        }

        if (policy_kl_logps is null || ref_kl_logps is null)
        {
            throw new ArgumentException(
                $"{nameof(KTOLoss)}: policy_kl_logps and ref_kl_logps belong together, one is missing."
            );
        }

        const string loss = nameof(KTOLoss);
        CheckAnswers(policy_kl_logps, ref_kl_logps, loss, nameof(policy_kl_logps), nameof(ref_kl_logps));
        InputCheck.SameDevice(policy_kl_logps, answers, loss, nameof(policy_kl_logps), "policy_chosen_logps");
        return (policy_kl_logps.Upcast() - ref_kl_logps.Upcast()).detach().Reduce(Reduction.Mean).relu();
    }

    static void CheckAnswers(Tensor policy, Tensor reference, string loss, string policy_name, string reference_name)
    {
        InputCheck.Floating(policy, loss, policy_name);
        InputCheck.Dimensions(policy, 1, "one number per answer", loss, policy_name);
        InputCheck.Like(reference, policy, loss, reference_name, policy_name);
    }
}
