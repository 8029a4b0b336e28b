using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>A loss of one number for a chosen and one for a rejected answer; there is no reference.</summary>
/// <param name="reduction">How single losses become one value.</param>
public abstract class AnswerPairLoss(Reduction reduction = Reduction.Mean) : LossModule2(reduction)
{
    /// <summary>Refuses everything but floating tensors of one shape.</summary>
    /// <param name="chosen">Of the chosen answers.</param>
    /// <param name="rejected">Of the rejected answers.</param>
    /// <param name="loss">The loss, for messages.</param>
    /// <param name="chosenName">The tensor's name.</param>
    /// <param name="rejectedName">The tensor's name.</param>
    private protected static AnswerPair Check(
        Tensor chosen,
        Tensor rejected,
        string loss,
        [CallerArgumentExpression(nameof(chosen))] string chosenName = "",
        [CallerArgumentExpression(nameof(rejected))] string rejectedName = ""
    )
    {
        InputCheck.Floating(chosen, loss, chosenName);
        InputCheck.Like(rejected, chosen, loss, rejectedName, chosenName);
        return new(chosen.Upcast(), rejected.Upcast());
    }

    /// <summary>The losses plus a weight times the likelihood term of the chosen answers, where it is given.</summary>
    private protected static Tensor WithLikelihood(Tensor losses, Tensor? chosen_nll, double weight, string loss)
    {
        if (chosen_nll is null)
        {
            return losses;
        }

        InputCheck.Floating(chosen_nll, loss);
        InputCheck.BroadcastsTo(chosen_nll, losses, loss);
        return losses + chosen_nll.Upcast() * weight;
    }
}
