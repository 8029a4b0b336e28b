namespace TorchLoss;

/// <summary>A loss of pairs of documents of one list, the first more relevant than the second. Needs O(L²) memory a list.</summary>
/// <param name="reduction">How single losses become one value.</param>
public abstract class PairwiseListLoss(Reduction reduction = Reduction.Mean) : ListLoss(reduction)
{
    /// <summary>Checks and compares all pairs, with a loss of the difference of their scores.</summary>
    /// <param name="loss">The name of the loss, for messages.</param>
    /// <param name="y_pred">Scores (B, L).</param>
    /// <param name="y_true">Relevance (B, L); −1 is padding.</param>
    /// <param name="reduction">
    /// None keeps each list's sum over its pairs (B), Sum adds them up, Mean divides by the number of pairs of the batch.
    /// </param>
    /// <param name="formula">From the differences of scores to losses.</param>
    private protected static Tensor Evaluate(
        string loss,
        Tensor y_pred,
        Tensor y_true,
        Reduction reduction,
        Func<Tensor, Tensor> formula
    )
    {
        var lists = Read(y_pred, y_true, loss);
        return Reduce(formula(DocumentLists.Differences(lists.Scores)), lists.BetterPairs, reduction);
    }

    /// <summary>The losses (B, L, L) of the pairs that count.</summary>
    private protected static Tensor Reduce(Tensor losses, Tensor counted, Reduction reduction)
    {
        var sums = where(counted, losses, zeros_like(losses)).sum([1, 2]);
        return reduction is Reduction.Mean
            ? sums.sum().SafeDivide(counted.sum().to(sums.dtype))
            : sums.Reduce(reduction);
    }
}
