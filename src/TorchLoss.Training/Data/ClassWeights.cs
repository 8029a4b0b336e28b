namespace TorchLoss.Training;

/// <summary>Weights against classes of unlike sizes.</summary>
public static class ClassWeights
{
    /// <summary>
    /// Weights such that every class has the same say: n / (classes that occur x samples of the class), as King and Zeng 2001 and
    /// scikit-learn's "balanced". Their mean over the samples is 1. A class that does not occur weighs 1.
    /// </summary>
    /// <param name="labels">Class indices (int64).</param>
    /// <param name="classes">How many classes there are.</param>
    /// <returns>A weight for each class (float32, on the labels' device), for losses that take a weight of classes.</returns>
    /// <exception cref="ArgumentException">A label is no class, or there is no label.</exception>
    public static Tensor Balanced(Tensor labels, int classes)
    {
        using var scope = NewDisposeScope();
        var counts = Counts(labels, classes);
        var occurring = counts.Count(count => count > 0);
        var all = (double)counts.Sum();
        float[] weights = [.. counts.Select(count => count == 0 ? 1 : (float)(all / occurring / count))];
        return tensor(weights, device: labels.device).clone().MoveToOuterDisposeScope();
    }

    /// <summary>The weight of each sample's class, as the weights of a <see cref="TensorSet"/>.</summary>
    /// <param name="labels">Class indices (int64).</param>
    /// <param name="weights">A weight for each class, such as <see cref="Balanced"/> gives.</param>
    public static Tensor OfSamples(Tensor labels, Tensor weights)
    {
        using var scope = NewDisposeScope();
        Counts(labels, checked((int)weights.numel()));
        return weights.index_select(0, labels.reshape(-1)).view(labels.shape).MoveToOuterDisposeScope();
    }

    static long[] Counts(Tensor labels, int classes)
    {
        if (labels.dtype != int64 || labels.numel() == 0)
            throw new ArgumentException($"labels must be one or more of int64, not {LossFunction.Describe(labels)}");
        var counts = new long[Math.Max(0, classes)];
        foreach (var label in labels.cpu().reshape(-1).data<long>().ToArray())
        {
            if (label < 0 || label >= classes)
                throw new ArgumentException($"the label {label} is not one of {classes} classes");
            counts[label]++;
        }
        return counts;
    }
}
