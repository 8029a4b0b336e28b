namespace TorchLoss;

/// <summary>Squared earth mover's distance of ordered classes: a near miss costs less than a far one.</summary>
/// <remarks>
/// Per position <c>ℓ = Σ_k (P_k − Q_k)²</c>, without unit, P and Q being the sums of the first k probabilities of the softmax and of the
/// target. Shapes: input (N, K, *), target class indices (N, *) or distributions (N, K, *), floating point.
/// </remarks>
[Loss(
    Family.Ordinal,
    Formula = @"\sum_k \Big(\sum_{i \le k} p_i - q_i\Big)^2",
    Source = "Hou, Yu and Samaras 2016, Squared Earth Mover's Distance-based Loss for Training Deep Neural Networks, arXiv:1611.05916"
)]
public sealed partial class SquaredEMDLoss : SoftmaxLoss
{
    /// <param name="num_classes">Number K of classes; null takes it from the logits.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        [AtLeast(1)] long? num_classes = null,
        long ignore_index = -100,
        [Input] Tensor? sample_weight = null,
        Reduction reduction = Reduction.Mean
    )
    {
        const string loss = nameof(SquaredEMDLoss);
        if (num_classes is { } classes && input.dim() > 1)
        {
            InputCheck.Size(input, 1, classes, "num_classes", loss);
        }

        return target.is_floating_point()
            ? OfDistributions(input, target, sample_weight, reduction)
            : Compose(loss, input, target, sample_weight, ignore_index, reduction, OfClasses);
    }

    static Tensor OfClasses(Tensor logits, Tensor index) =>
        Distance(logits, zeros_like(logits).scatter(1, index, ones_like(index, dtype: logits.dtype)));

    static Tensor OfDistributions(Tensor input, Tensor target, Tensor? sample_weight, Reduction reduction)
    {
        SoftTargetCrossEntropy.Check(nameof(SquaredEMDLoss), input, target, null);
        var losses = Distance(input.Upcast(), target);
        InputCheck.BroadcastsTo(sample_weight, losses, nameof(SquaredEMDLoss));
        return losses.Reduce(reduction, sample_weight);
    }

    static Tensor Distance(Tensor logits, Tensor target) =>
        (softmax(logits, 1) - target.to(logits.dtype)).cumsum(1).square().sum(1);
}
