namespace TorchLoss;

/// <summary>REINFORCE leave-one-out: several answers to one question are each judged by the mean of the others.</summary>
/// <remarks>
/// Per answer <c>ℓ = −log π(answer) · (r − mean of the other K − 1 rewards)</c>, the rewards without gradient. Shapes: log_prob and
/// rewards (B, K), K answers of at least 2 to each of B questions.
/// </remarks>
[Loss(
    Family.Preference,
    Formula = @"-\log \pi(y_i)\Big(r_i - \frac{1}{K-1} \sum_{j \ne i} r_j\Big)",
    Source = "Kool, van Hoof and Welling 2019, Buy 4 REINFORCE Samples, Get a Baseline for Free!, ICLR workshop; Ahmadian et al. 2024, Back to Basics, arXiv:2402.14740, eq. (8)",
    Function = "rloo_loss"
)]
public sealed partial class RLOOLoss : LossModule2
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [new("log_prob", "B K", Role.LogLikelihood), new("rewards", "B K", Role.Target)];

    /// <param name="reduction">None keeps the answers' losses (B, K), Mean averages them, Sum adds them up.</param>
    static Tensor Compute(Tensor log_prob, Tensor rewards, Reduction reduction = Reduction.Mean)
    {
        const string loss = nameof(RLOOLoss);
        InputCheck.Floating(log_prob, loss);
        InputCheck.Dimensions(log_prob, 2, "(B, K)", loss);
        InputCheck.Like(rewards, log_prob, loss);
        var others = log_prob.shape[1] - 1;
        if (others < 1)
        {
            throw new ArgumentException(
                $"{loss}: log_prob (B, K) must hold at least K = 2 answers to each question, got {log_prob.Shape}.",
                nameof(log_prob)
            );
        }

        // r_i − (Σ r − r_i)/(K − 1), without the difference of large sums: a common offset of all rewards is taken off first
        var centred = rewards.detach().Upcast();
        centred -= centred.mean([1], keepdim: true);
        return (-log_prob.Upcast() * centred * ((others + 1.0) / others)).Reduce(reduction);
    }
}
