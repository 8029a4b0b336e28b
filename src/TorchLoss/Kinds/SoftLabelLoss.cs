namespace TorchLoss;

/// <summary>Cross entropy of ordered classes in which the label counts, and to a degree its neighbours.</summary>
/// <param name="reduction">How single losses become one value.</param>
public abstract class SoftLabelLoss(Reduction reduction = Reduction.Mean) : SoftmaxLoss(reduction)
{
    /// <summary>Checks, makes a distribution of each label, takes the cross entropy, weights, reduces.</summary>
    /// <param name="loss">The loss, for messages.</param>
    /// <param name="input">The logits (N, C, *).</param>
    /// <param name="target">The class indices (N, *), int64.</param>
    /// <param name="num_classes">Number K of classes; null takes it from the logits.</param>
    /// <param name="eta">Share η of the soft distribution; the label itself has the rest.</param>
    /// <param name="soft">The distributions, one row a label: (K, K) of K, float64.</param>
    /// <param name="weight">Weight of each class, shape (C), for samples of that label; it does not change the mean's divisor.</param>
    /// <param name="sample_weight">Weight of each position, broadcast to (N, *); a bool mask counts as 0 and 1.</param>
    /// <param name="ignore_index">Target value of positions that do not count.</param>
    /// <param name="reduction">None keeps the single losses, Sum adds them up, Mean divides by what counts.</param>
    private protected static Tensor Evaluate(
        string loss,
        Tensor input,
        Tensor target,
        long? num_classes,
        double eta,
        Func<long, Tensor> soft,
        Tensor? weight,
        Tensor? sample_weight,
        long ignore_index,
        Reduction reduction
    )
    {
        ClassIndexCheck.Run(input, target, sample_weight, weight, ignore_index, loss);
        var classes = input.shape[1];
        InputCheck.Size(input, 1, num_classes ?? classes, "num_classes", loss);
        var table = eye(classes, dtype: float64) * (1 - eta) + soft(classes) * eta;
        var index = target.ClassOrZero(ignore_index);
        var rows = table.to(input.device).index_select(0, index.flatten()).view([.. index.shape, classes]);
        var losses = SoftTargetCrossEntropy.Losses(loss, input, rows.movedim([-1], [1]), null);
        var weights = new SoftmaxWeights(weight, sample_weight, ignore_index, MeanByClassWeight: false);
        return losses.ReducePositions(target, weights, reduction);
    }

    /// <summary>|i − j| of all classes, float64.</summary>
    private protected static Tensor Gaps(long classes)
    {
        var rank = arange(classes, dtype: float64);
        return (rank.unsqueeze(1) - rank).abs();
    }
}
