namespace TorchLoss;

/// <summary>Cross entropy of logits that are changed by how frequent their class is in the training data.</summary>
/// <param name="reduction">How single losses become one value.</param>
public abstract class AdjustedSoftmaxLoss(Reduction reduction = Reduction.Mean) : SoftmaxLoss(reduction)
{
    /// <summary>Checks, adjusts each class's logit, and takes the cross entropy.</summary>
    /// <param name="loss">The loss, for messages.</param>
    /// <param name="input">The logits (N, C, *).</param>
    /// <param name="target">The class indices (N, *), int64.</param>
    /// <param name="cls_num_list">Samples of each class in the training data.</param>
    /// <param name="weights">What counts how much.</param>
    /// <param name="reduction">None keeps the positions' losses, Mean divides by those that count, Sum adds them up.</param>
    /// <param name="adjustment">Of the share of each class (C), float64: the offsets of the logits, and their factors if any.</param>
    private protected static Tensor Evaluate(
        string loss,
        Tensor input,
        Tensor target,
        Tensor cls_num_list,
        SoftmaxWeights weights,
        Reduction reduction,
        Func<Tensor, (Tensor? Factor, Tensor Offset)> adjustment
    )
    {
        ClassIndexCheck.Run(input, target, weights.SampleWeight, weights.ClassWeight, weights.IgnoreIndex, loss);
        ClassIndexCheck.Counts(cls_num_list, input, loss);
        var logits = input.Upcast();
        var counts = cls_num_list.to(float64);
        var (factor, offset) = adjustment(counts / counts.sum());
        var scaled = factor is null ? logits : logits * PerClass(factor);
        return Run(new CrossEntropyFormula(), scaled + PerClass(offset), target, weights, reduction);

        Tensor PerClass(Tensor values) =>
            values.to(logits.dtype).view([-1, .. Enumerable.Repeat(1L, (int)logits.dim() - 2)]);
    }
}
