namespace TorchLoss;

/// <summary>A loss of the log-probabilities that a policy and a frozen reference give to a chosen and a rejected answer.</summary>
/// <param name="reduction">How single losses become one value.</param>
public abstract class PreferenceLoss(Reduction reduction = Reduction.Mean) : LossModule4(reduction)
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("policy_chosen_logps", "B", Role.Prediction),
        new("policy_rejected_logps", "B", Role.Prediction),
        new("ref_chosen_logps", "B", Role.Prediction),
        new("ref_rejected_logps", "B", Role.Prediction),
        new("chosen_lengths", "B", Role.Length) { Optional = true },
        new("rejected_lengths", "B", Role.Length) { Optional = true },
    ];

    /// <summary>Refuses everything but floating vectors of one length.</summary>
    protected static void Check(
        Tensor policy_chosen_logps,
        Tensor policy_rejected_logps,
        Tensor ref_chosen_logps,
        Tensor ref_rejected_logps,
        string loss
    )
    {
        InputCheck.Dimensions(policy_chosen_logps, 1, "(B)", loss);
        InputCheck.Floating(policy_chosen_logps, loss);
        InputCheck.Like(policy_rejected_logps, policy_chosen_logps, loss);
        InputCheck.Like(ref_chosen_logps, policy_chosen_logps, loss);
        InputCheck.Like(ref_rejected_logps, policy_chosen_logps, loss);
    }

    /// <summary>The answers' lengths in tokens, at least 1; null where none are given.</summary>
    private protected static AnswerPair? Lengths(
        Tensor? chosen_lengths,
        Tensor? rejected_lengths,
        Tensor policy_chosen_logps,
        string loss
    )
    {
        if (chosen_lengths is null && rejected_lengths is null)
        {
            return null;
        }

        if (chosen_lengths is null || rejected_lengths is null)
        {
            throw new ArgumentException(
                $"{loss}: chosen_lengths and rejected_lengths belong together, one is missing."
            );
        }

        InputCheck.SameShape(chosen_lengths, policy_chosen_logps, loss);
        InputCheck.SameDevice(chosen_lengths, policy_chosen_logps, loss);
        InputCheck.SameShape(rejected_lengths, policy_chosen_logps, loss);
        InputCheck.SameDevice(rejected_lengths, policy_chosen_logps, loss);
        return new(chosen_lengths.clamp_min(1), rejected_lengths.clamp_min(1));
    }
}

/// <summary>One number (B) of the chosen answers and one of the rejected ones.</summary>
/// <param name="Chosen">Of the chosen answers.</param>
/// <param name="Rejected">Of the rejected answers.</param>
readonly record struct AnswerPair(Tensor Chosen, Tensor Rejected)
{
    /// <summary>By how much the chosen answers are ahead.</summary>
    public Tensor Margin => Chosen - Rejected;

    /// <summary>Difference of each.</summary>
    public static AnswerPair operator -(AnswerPair left, AnswerPair right) =>
        new(left.Chosen - right.Chosen, left.Rejected - right.Rejected);

    /// <summary>Quotient of each.</summary>
    public static AnswerPair operator /(AnswerPair left, AnswerPair right) =>
        new(left.Chosen / right.Chosen, left.Rejected / right.Rejected);

    /// <summary>Each times a number.</summary>
    public static AnswerPair operator *(AnswerPair pair, double factor) => pair.Map(x => x * factor);

    /// <summary>−(1 − ε) log σ(margin) − ε log σ(−margin): how unlikely a preference is, if a share ε of them is the wrong way round.</summary>
    public static Tensor Logistic(Tensor margin, double smoothing = 0) =>
        smoothing == 0 ? -logsigmoid(margin) : -logsigmoid(margin) * (1 - smoothing) - logsigmoid(-margin) * smoothing;

    /// <summary>The same done to both.</summary>
    public AnswerPair Map(Func<Tensor, Tensor> change) => new(change(Chosen), change(Rejected));
}
