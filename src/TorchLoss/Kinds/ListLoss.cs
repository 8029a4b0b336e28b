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

    /// <summary>The relevance of each list divided by its sum; all 0 where none is relevant.</summary>
    public Tensor Shares => Relevance.SafeDivide(Relevance.sum(1, keepdim: true));

    /// <summary>Each list's cross entropy (B) between wanted shares and the softmax of values.</summary>
    /// <param name="values">The values (B, L) before the softmax.</param>
    /// <param name="wanted">The wanted shares (B, L).</param>
    /// <param name="eps">Added to each probability.</param>
    public Tensor CrossEntropy(Tensor values, Tensor wanted, double eps = 0)
    {
        var log_p = LogSoftmax(values);
        var log_own = eps > 0 ? logaddexp(log_p, full_like(log_p, Math.Log(eps)).detach()) : log_p;

        // at padding log p is -inf, and 0 times that is NaN
        var padding = Valid.logical_not();
        return -(wanted.masked_fill(padding, 0) * log_own.masked_fill(padding, 0)).sum(1);
    }

    /// <summary>Each document's rank as a smooth count of those above it (B, L).</summary>
    /// <param name="alpha">Sharpness of the sigmoids.</param>
    /// <param name="eps">The smallest share that another document adds.</param>
    public Tensor SmoothRank(double alpha, double eps = 0)
    {
        var share = (Differences(Scores) * -alpha).sigmoid();
        share = eps > 0 ? share.clamp_min(eps) : share;
        var self = eye(share.shape[1], dtype: ScalarType.Bool, device: share.device);
        var others = ValidPairs.logical_and(self.logical_not());
        return where(others, share, zeros_like(share)).sum(2) + 1;
    }

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
