namespace TorchLoss;

/// <summary>What counts how much in a softmax loss.</summary>
/// <param name="ClassWeight">Weight of each class, shape (C), or null.</param>
/// <param name="SampleWeight">Weight of each position, shape (N, *), or null.</param>
/// <param name="IgnoreIndex">Target value of positions that do not count.</param>
/// <param name="MeanByClassWeight">Whether the mean divides by the summed class weights (cross entropy) or by the count (focal).</param>
readonly record struct SoftmaxWeights(
    Tensor? ClassWeight,
    Tensor? SampleWeight,
    long IgnoreIndex,
    bool MeanByClassWeight
);

/// <summary>Runs a row-wise softmax formula: one pass over each row on the CPU, the same formula on log-softmax tensors elsewhere.</summary>
static class SoftmaxEngine
{
    /// <summary>The reduced loss of logits (N, C, *) and class indices (N, *) that were checked before.</summary>
    public static Tensor Evaluate<F>(
        F formula,
        Tensor input,
        Tensor target,
        SoftmaxWeights weights,
        Reduction reduction
    )
        where F : struct, ISoftmaxFormula<F> => Composed(formula, input, target, weights, reduction);

    /// <summary>The formula on torch tensors: the definition.</summary>
    public static Tensor Composed<F>(
        F formula,
        Tensor input,
        Tensor target,
        SoftmaxWeights weights,
        Reduction reduction
    )
        where F : struct, ISoftmaxFormula<F>
    {
        var counts = target.ne(weights.IgnoreIndex);
        var index = where(counts, target, zeros_like(target));
        var log_p = nn.functional.log_softmax(input, 1);
        var own = log_p.gather(1, index.unsqueeze(1)).squeeze(1);
        var mean = F.UsesMean ? log_p.mean([1]) : zeros_like(own);
        var losses = F.Value(formula, new TensorReal(own), new TensorReal(mean)).Tensor;

        // a masked position must not send NaN (0 times infinity) into the sum, so it is cut out rather than weighted 0
        losses = where(counts, losses, zeros_like(losses));
        var divisor = counts.to(losses.dtype);
        if (weights.SampleWeight is { } sample)
        {
            losses = losses * sample.to(losses.dtype);
            divisor = divisor * sample.to(losses.dtype);
        }

        if (weights.ClassWeight is { } classWeight)
        {
            var own_weight = classWeight.to(losses.dtype).index_select(0, index.flatten()).view(index.shape);
            losses = losses * own_weight;
            divisor = weights.MeanByClassWeight ? divisor * own_weight : divisor;
        }

        return reduction is Reduction.Mean ? losses.sum().SafeDivide(divisor.sum()) : losses.Reduce(reduction);
    }
}
