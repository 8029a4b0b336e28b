namespace TorchLoss;

/// <summary>The cross entropies of positions beside a loss of regions, (N, 1, *) or (N, C, *), and what their mean divides by.</summary>
/// <param name="Losses">The losses.</param>
/// <param name="Weights">Weights of the losses in the divisor of the mean; null counts them.</param>
readonly record struct CrossEntropy(Tensor Losses, Tensor? Weights)
{
    /// <summary>Of checked scores against class labels, against one-hot targets, or of one channel against its region.</summary>
    public static CrossEntropy Of(
        string loss,
        Tensor input,
        Tensor target,
        bool to_onehot_y,
        Tensor? weight,
        double label_smoothing,
        Tensor? mask
    )
    {
        if (input.shape[1] == 1)
        {
            return OfRegions(input, target, weight, mask);
        }

        var positions = input.narrow(1, 0, 1);
        InputCheck.BroadcastsTo(mask, positions, loss);
        var labels = to_onehot_y && target.dim() == input.dim() ? target.squeeze(1) : target;
        var goal = to_onehot_y ? labels : target.to(input.Upcast().dtype);
        var losses = Standard.CrossEntropyLoss.Invoke(input, goal, weight, -100, Reduction.None, label_smoothing);
        var own = to_onehot_y ? weight?.OfClass(labels).unsqueeze(1).to(losses.dtype) : null;
        return new CrossEntropy(losses.unsqueeze(1), own).Masked(mask);
    }

    /// <summary>Binary, of checked scores (N, C, *) against regions of the same shape.</summary>
    public static CrossEntropy OfRegions(Tensor input, Tensor target, Tensor? pos_weight, Tensor? mask)
    {
        var scores = input.Upcast();
        var t = target.to(scores.dtype);
        var losses = Standard.BCEWithLogitsLoss.Invoke(scores, t, null, Reduction.None, pos_weight?.to(scores.dtype));
        return new CrossEntropy(losses, null).Masked(mask);
    }

    /// <summary>The reduced losses; 0 where the weights of all that counts are 0.</summary>
    public Tensor Reduce(Reduction reduction) =>
        reduction is Reduction.Mean && Weights is { } weights
            ? Losses.sum().SafeDivide(weights.sum())
            : Losses.Reduce(reduction);

    CrossEntropy Masked(Tensor? mask)
    {
        if (mask is null)
        {
            return this;
        }

        var factors = mask.to(Losses.dtype).expand_as(Losses);
        return new(Losses.Reduce(Reduction.None, factors), Weights is null ? factors : Weights * factors);
    }
}
