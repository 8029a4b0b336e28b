namespace TorchLoss.Standard;

/// <summary>PyTorch's reductions: the mean of nothing is NaN (0/0), where the other losses give 0.</summary>
static class StandardReduction
{
    extension(Tensor losses)
    {
        /// <summary>The reduced losses.</summary>
        public Tensor Fold(Reduction reduction) =>
            reduction is Reduction.Mean ? losses.mean() : losses.Reduce(reduction);
    }
}
