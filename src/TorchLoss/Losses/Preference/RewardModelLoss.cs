namespace TorchLoss;

/// <summary>Bradley–Terry loss of a reward model: the chosen answer has to get the higher reward.</summary>
/// <remarks>
/// Per pair <c>ℓ = −log σ(r_chosen − r_rejected − margin) + c (r_chosen + r_rejected)²</c> in nats. Only the difference of rewards
/// matters to the first term, so they may drift; the second keeps them around 0. The margin asks for a larger lead where
/// annotators were surer. Rewards of any shape, (N) or (N, 1), all of the same.
/// </remarks>
[Loss(
    Family.Preference,
    Formula = @"-\log \sigma(r_w - r_l - m) + c\,(r_w + r_l)^2",
    Source = "Ouyang et al. 2022, Training language models to follow instructions with human feedback, arXiv:2203.02155, eq. (1); margin: Touvron et al. 2023, arXiv:2307.09288, eq. (2); centring: Eisenstein et al. 2023, arXiv:2312.09244",
    Aliases = "BradleyTerryLoss"
)]
public sealed partial class RewardModelLoss : AnswerPairLoss
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("rewards_chosen", "*", Role.Prediction),
        new("rewards_rejected", "*", Role.Prediction),
        new("margin", "*", Role.Target) { Optional = true },
    ];

    /// <param name="center_rewards_coefficient">Weight c of the term that centres rewards.</param>
    /// <param name="margin">The lead that is asked for, the shape of the rewards.</param>
    /// <param name="reduction">None keeps the pairs' losses, Mean averages them, Sum adds them up.</param>
    static Tensor Compute(
        Tensor rewards_chosen,
        Tensor rewards_rejected,
        [AtLeast(0)] double center_rewards_coefficient = 0.0,
        [Input] Tensor? margin = null,
        Reduction reduction = Reduction.Mean
    )
    {
        var rewards = Check(rewards_chosen, rewards_rejected, nameof(RewardModelLoss));
        InputCheck.Like(margin, rewards_chosen, nameof(RewardModelLoss));
        var losses = AnswerPair.Logistic(margin is null ? rewards.Margin : rewards.Margin - margin);
        if (center_rewards_coefficient > 0)
        {
            losses += (rewards.Chosen + rewards.Rejected).square() * center_rewards_coefficient;
        }

        return losses.Reduce(reduction);
    }
}
