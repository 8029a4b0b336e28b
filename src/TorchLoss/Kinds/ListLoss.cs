namespace TorchLoss;

/// <summary>A loss of scores of the documents of each list against their relevance.</summary>
/// <remarks>A document of relevance −1 is padding: its score, whatever it is, changes nothing and gets no gradient.</remarks>
/// <param name="reduction">How single losses become one value.</param>
public abstract class ListLoss(Reduction reduction = Reduction.Mean) : LossModule2(reduction)
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [new("y_pred", "B L", Role.Prediction), new("y_true", "B L", Role.Relevance)];

    /// <summary>Checks scores and relevance and takes the padding out of them.</summary>
    private protected static DocumentLists Read(Tensor y_pred, Tensor y_true, string loss)
    {
        InputCheck.Floating(y_pred, loss);
        InputCheck.Dimensions(y_pred, 2, "(B, L)", loss);
        InputCheck.SameShape(y_true, y_pred, loss);
        InputCheck.SameDevice(y_true, y_pred, loss);
        var scores = y_pred.Upcast();
        var valid = y_true.ne(-1);
        return new(
            where(valid, scores, zeros_like(scores)),
            where(valid, y_true.to(scores.dtype), zeros_like(scores)),
            valid
        );
    }
}

/// <summary>Lists of documents (B, L) without their padding.</summary>
/// <param name="Scores">The predicted scores, 0 at padding.</param>
/// <param name="Relevance">The relevance, 0 at padding.</param>
/// <param name="Valid">False at padding.</param>
readonly record struct DocumentLists(Tensor Scores, Tensor Relevance, Tensor Valid)
{
    /// <summary>Pairs (B, L, L) of two documents that are no padding.</summary>
    public Tensor ValidPairs => Valid.unsqueeze(2).logical_and(Valid.unsqueeze(1));

    /// <summary>Pairs (B, L, L) whose first document is more relevant than the second.</summary>
    public Tensor BetterPairs => Differences(Relevance).gt(0).logical_and(ValidPairs);

    /// <summary>The same lists in another order, which comes from sorting values; padding goes last.</summary>
    /// <remarks>Equal values keep the order that they have, so that the result is the same every time.</remarks>
    public DocumentLists Ordered(Tensor by)
    {
        var keys = by.detach().masked_fill(Valid.logical_not(), double.NegativeInfinity);
        var (_, order) = keys.sort(1, descending: true, stable: true);
        return new(Scores.gather(1, order), Relevance.gather(1, order), Valid.gather(1, order));
    }

    /// <summary>First minus second of all pairs (B, L, L).</summary>
    public static Tensor Differences(Tensor values) => values.unsqueeze(2) - values.unsqueeze(1);

    /// <summary>Gain 2^y − 1 of each document (B, L).</summary>
    public Tensor Gain => Relevance.clamp_min(0).exp2() - 1;

    /// <summary>The discounts log2(1 + rank) of ranks 1 to L.</summary>
    public Tensor Discount => (arange(1, Scores.shape[1] + 1, dtype: Scores.dtype, device: Scores.device) + 1).log2();

    /// <summary>Log-softmax over the documents of each list; −∞ at padding.</summary>
    /// <remarks>A list of nothing but padding would give NaN, so it counts as full here; its callers weight it 0.</remarks>
    public Tensor LogSoftmax(Tensor values)
    {
        var padding = Valid.logical_not().logical_and(Valid.any(1, keepdim: true));
        return log_softmax(values.masked_fill(padding, double.NegativeInfinity), 1);
    }
}
