namespace TorchLoss;

/// <summary>Runs a pointwise formula: value and gradient in one SIMD pass on the CPU, the same formula on tensors elsewhere.</summary>
static class PointwiseEngine
{
    /// <summary>The reduced loss of inputs that were checked before and have one shape.</summary>
    public static Tensor Evaluate<F>(F formula, Tensor input, Tensor target, Tensor? weight, Reduction reduction)
        where F : struct, IPointwiseFormula<F> => Composed(formula, input, target, weight, reduction);

    /// <summary>The formula on torch tensors: the definition.</summary>
    public static Tensor Composed<F>(F formula, Tensor input, Tensor target, Tensor? weight, Reduction reduction)
        where F : struct, IPointwiseFormula<F>
    {
        var losses = F.Value(formula, new TensorReal(input), new TensorReal(target)).Tensor;
        return losses.Reduce(reduction, weight);
    }
}
