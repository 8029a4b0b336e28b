namespace TorchLoss;

/// <summary>Perceptual loss: compares images by what a trained network sees in them, so that content counts more than pixels.</summary>
/// <remarks>
/// <c>ℓ = Σ_k w_k d(f_k(x), f_k(y))</c> over the layers k of a network the user brings; forward takes the features, one tensor (N, C, *space) a
/// layer, and <see cref="FeatureSpaceLoss"/> takes the images. d is the mean absolute or squared difference, or (fro) the
/// Frobenius norm of the whole batch, as in BasicSR; without a mean each sample has its own norm. The gradient of equal
/// features is 0, also under the norm.
/// </remarks>
[Loss(
    Family.Image,
    Formula = @"\sum_k w_k\, d\big(f_k(x), f_k(y)\big)",
    Source = "Johnson, Alahi and Fei-Fei 2016, Perceptual Losses for Real-Time Style Transfer and Super-Resolution, arXiv:1603.08155, eq. (2)",
    Aliases = "ContentLoss VGGLoss"
)]
public sealed partial class PerceptualLoss : FeatureLoss
{
    /// <param name="weights">Weight w_k of each layer; null weighs all the same.</param>
    /// <param name="criterion">Distance d of two layers.</param>
    /// <param name="reduction">None keeps one loss per sample, Mean averages them (but see fro), Sum adds them up.</param>
    static Tensor Compute(
        IReadOnlyList<Tensor> input,
        IReadOnlyList<Tensor> target,
        [AtLeast(0)] IReadOnlyList<double>? weights = null,
        FeatureCriterion criterion = FeatureCriterion.L1,
        Reduction reduction = Reduction.Mean
    )
    {
        const string loss = nameof(PerceptualLoss);
        return Weighted(loss, Layers(loss, input, target), weights, criterion, reduction);
    }
}
