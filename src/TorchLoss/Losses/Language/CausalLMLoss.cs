namespace TorchLoss;

/// <summary>Next-token loss of a language model: each position predicts the label of the next one.</summary>
/// <remarks>
/// Cross entropy (nats) of <c>logits[:, t]</c> against <c>labels[:, t + 1]</c>; the labels are given unshifted, as the input tokens
/// are. Shapes: logits (B, T, V), labels (B, T). The first label of a row is no target and is not read. The sum is divided by the
/// number of targets that count, or by num_items_in_batch: with gradient accumulation that is the number over all steps, so that
/// their sum is the loss of one large batch (a mean of means would favour tokens of sparse steps).
/// The labels are shifted and not the logits, which would copy the largest tensor of the model.
/// </remarks>
[Loss(
    Family.Language,
    Formula = @"-\frac{1}{n} \sum_{b,t} \log p_{b,t}(y_{b,t+1})",
    Source = "Hugging Face transformers ForCausalLMLoss 2024; Bengio, Ducharme, Vincent and Jauvin 2003, A Neural Probabilistic Language Model, JMLR 3, section 2",
    Function = "causal_lm_loss",
    BuiltIn = "CrossEntropyLoss"
)]
public sealed partial class CausalLMLoss : TokenLoss
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static new IReadOnlyList<InputInfo> Inputs { get; } =
    [new("logits", "B T V", Role.Logits), new("labels", "B T", Role.ClassIndex)];

    /// <param name="ignore_index">Label of tokens that are no target.</param>
    /// <param name="num_items_in_batch">Number of targets to divide by; null is how many count here.</param>
    static Tensor Compute(
        Tensor logits,
        Tensor labels,
        long ignore_index = -100,
        [Positive] double? num_items_in_batch = null
    )
    {
        const string loss = nameof(CausalLMLoss);
        InputCheck.Dimensions(logits, 3, "(B, T, V)", loss);
        Check(logits, labels, loss);
        var next = full_like(labels, ignore_index);
        if (labels.shape[1] > 1)
        {
            var steps = labels.shape[1] - 1;
            next.narrow(1, 0, steps).copy_(labels.narrow(1, 1, steps));
        }

        InputCheck.IndexRange(next, logits.shape[2], ignore_index, loss, nameof(labels));
        var folded = num_items_in_batch is null ? Reduction.Mean : Reduction.Sum;
        var total = Tokens(new CrossEntropyFormula(), logits, next, ignore_index, folded);
        return num_items_in_batch is { } items ? total / items : total;
    }
}
