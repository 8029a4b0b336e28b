namespace TorchLoss;

/// <summary>Reductions of the losses that have a fourth one: a divergence's true mean is over the batch, not over its elements.</summary>
public enum BatchReduction
{
    /// <summary>Keeps the single losses.</summary>
    None,

    /// <summary>Averages over all elements.</summary>
    Mean,

    /// <summary>Adds all up.</summary>
    Sum,

    /// <summary>Adds all up and divides by the size of the first dimension.</summary>
    BatchMean,
}

/// <summary>Applies a <see cref="BatchReduction"/>.</summary>
static class BatchReductions
{
    extension(Tensor losses)
    {
        /// <summary>The reduced losses; an empty batch gives 0.</summary>
        public Tensor Reduce(BatchReduction reduction) =>
            reduction switch
            {
                BatchReduction.None => losses,
                BatchReduction.Mean => losses.Reduce(torch.nn.Reduction.Mean),
                BatchReduction.Sum => losses.sum(),
                BatchReduction.BatchMean => losses.sum() / Math.Max(1, losses.dim() == 0 ? 1 : losses.shape[0]),
                _ => throw new ArgumentOutOfRangeException(nameof(reduction), reduction, "unknown reduction"),
            };
    }
}
