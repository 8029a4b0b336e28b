using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>A loss of a language model: logits of the whole vocabulary, last dimension, against one index per token.</summary>
/// <param name="reduction">How single losses become one value.</param>
public abstract class TokenLoss(Reduction reduction = Reduction.Mean) : SoftmaxLoss(reduction)
{
    /// <summary>Refuses everything but (*, V) logits and (*) indices; their range is checked by <see cref="InputCheck.IndexRange"/>.</summary>
    private protected static void Check(
        Tensor logits,
        Tensor targets,
        string loss,
        [CallerArgumentExpression(nameof(logits))] string logitsName = "",
        [CallerArgumentExpression(nameof(targets))] string targetsName = ""
    )
    {
        InputCheck.Floating(logits, loss, logitsName);
        InputCheck.Indices(targets, loss, targetsName);
        InputCheck.SameDevice(targets, logits, loss, targetsName, logitsName);
        if (logits.dim() < 1 || !targets.shape.AsSpan().SequenceEqual(logits.shape.AsSpan()[..^1]))
        {
            throw new ArgumentException(
                $"{loss}: {logitsName} (*, V) and {targetsName} (*) expected, got {logits.Shape} and {targets.Shape}.",
                targetsName
            );
        }
    }

    /// <summary>The loss of each token, reduced.</summary>
    /// <param name="formula">The loss of one token.</param>
    /// <param name="logits">(*, V).</param>
    /// <param name="targets">(*), in range.</param>
    /// <param name="ignore_index">Target value of tokens that do not count.</param>
    /// <param name="reduction">None gives (*).</param>
    /// <param name="sample_weight">Weight of each token, broadcast to (*).</param>
    private protected static Tensor Tokens<F>(
        F formula,
        Tensor logits,
        Tensor targets,
        long ignore_index,
        Reduction reduction,
        Tensor? sample_weight = null
    )
        where F : struct, ISoftmaxFormula<F>
    {
        var rows = logits.reshape(targets.numel(), logits.shape[^1]);
        var each = sample_weight?.expand(targets.shape).reshape(-1);
        var weights = new SoftmaxWeights(null, each, ignore_index, MeanByClassWeight: false);
        var losses = Run(formula, rows, targets.reshape(targets.numel()), weights, reduction);
        return reduction is Reduction.None ? losses.view(targets.shape) : losses;
    }
}
