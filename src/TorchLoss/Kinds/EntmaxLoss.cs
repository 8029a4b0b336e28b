namespace TorchLoss;

/// <summary>A Fenchel-Young loss: cross entropy with another entropy, whose predictions hold exact zeros.</summary>
/// <param name="reduction">How single losses become one value.</param>
public abstract class EntmaxLoss(Reduction reduction = Reduction.Mean) : SoftmaxLoss(reduction)
{
    /// <summary>Checks, evaluates ⟨p − e_y, x⟩ + H(p) for the prediction p of the loss, weights, reduces.</summary>
    /// <param name="loss">The loss, for messages.</param>
    /// <param name="input">The logits (N, C, *).</param>
    /// <param name="target">The class indices (N, *), int64.</param>
    /// <param name="sample_weight">Weight of each position, broadcast to (N, *).</param>
    /// <param name="k">How many of the largest logits are sorted; null sorts all. The result is the same.</param>
    /// <param name="ignore_index">Target value of positions that do not count.</param>
    /// <param name="reduction">None keeps the single losses, Sum adds them up, Mean divides by what counts.</param>
    /// <param name="predict">The prediction (*, C) of logits in descending order of use, over the last dimension.</param>
    /// <param name="entropy">The entropy of a prediction over the last dimension.</param>
    private protected static Tensor Evaluate(
        string loss,
        Tensor input,
        Tensor target,
        Tensor? sample_weight,
        long? k,
        long ignore_index,
        Reduction reduction,
        Func<Tensor, long?, Tensor> predict,
        Func<Tensor, Tensor> entropy
    ) =>
        Compose(
            loss,
            input,
            target,
            sample_weight,
            ignore_index,
            reduction,
            (logits, index) =>
            {
                // p knows its own maximum: shifted logits lose no digits, and the shift cancels in ⟨p − e_y, x⟩
                var x = (logits - logits.detach().amax([1], keepdim: true)).movedim([1], [-1]);
                var p = predict(x, k);
                return (p * x).sum(-1) - x.gather(-1, index.movedim([1], [-1])).squeeze(-1) + entropy(p);
            }
        );

    /// <summary>The prediction for logits of a user, over the class dimension 1.</summary>
    private protected static Tensor Predict(string loss, Tensor logits, Func<Tensor, long?, Tensor> predict)
    {
        InputCheck.Live(logits, loss, nameof(logits));
        InputCheck.Floating(logits, loss);
        if (logits.dim() < 2 || logits.shape[1] == 0)
        {
            throw new ArgumentException($"{loss}: logits must be (N, C, *), got {logits.Shape}.", nameof(logits));
        }

        return Tensors.Scoped(() =>
        {
            var x = logits.Upcast();
            return predict((x - x.detach().amax([1], keepdim: true)).movedim([1], [-1]), null).movedim([-1], [1]);
        });
    }

    /// <summary>The threshold below which predictions are 0, by the largest logits in order.</summary>
    /// <param name="x">Logits, over the last dimension.</param>
    /// <param name="k">How many are sorted at first.</param>
    /// <param name="threshold">
    /// Of sorted logits, the threshold that would hold if only the first, the first two, ... counted. The last one that lies below
    /// its own logit is right.
    /// </param>
    private protected static Tensor Threshold(Tensor x, long? k, Func<Tensor, Tensor> threshold)
    {
        var classes = x.shape[^1];
        var sorted =
            k is { } some && some < classes ? x.topk((int)some, -1).values : x.sort(-1, descending: true).Values;
        var candidates = threshold(sorted);
        var support = candidates.le(sorted).sum(-1, keepdim: true, type: ScalarType.Int64);
        return sorted.shape[^1] < classes && support.eq(sorted.shape[^1]).any().item<bool>()
            ? Threshold(x, 2 * k, threshold) // more classes than were sorted have a share
            : candidates.gather(-1, (support - 1).clamp_min(0)); // of NaN nothing has a share
    }
}
