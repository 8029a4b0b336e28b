namespace TorchLoss;

/// <summary>SigLIP: every pair of an image and a text is judged on its own, whether they belong together.</summary>
/// <remarks>
/// With <c>z_ij = s · x_i · y_j + b</c>, <c>ℓ = 1/N Σ_ij softplus(−z_ij) where i = j, softplus(z_ij) elsewhere</c>, in nats: a sum over
/// all pairs per image, not their mean. <b>logit_scale is the factor s itself</b> (models learn its logarithm), and features are taken
/// as they are: scale them to length 1 before. The authors start from s = 10, b = −10, with which almost all pairs are right from
/// the first step. Shapes: image_features (N, D), text_features (N, D), logit_scale (), logit_bias () → one value.
/// <para>
/// No softmax ties the pairs together, so products go through in blocks of images where there are many: memory then grows with a block
/// and not with N².
/// </para>
/// </remarks>
[Loss(
    Family.SelfSupervised,
    Formula = @"\frac{1}{N}\sum_{ij} \log\left(1 + e^{-t_{ij}(s\, x_i \cdot y_j + b)}\right)",
    Source = "Zhai, Mustafa, Kolesnikov and Beyer 2023, Sigmoid Loss for Language Image Pre-Training, arXiv:2303.15343, section 3.2",
    Function = "siglip_loss",
    Aliases = "SigLipLoss"
)]
public sealed partial class SigLIPLoss : ImageTextLoss
{
    /// <param name="logit_scale">The factor s of the products, one number greater than 0.</param>
    /// <param name="logit_bias">The summand b, one number; null is 0.</param>
    /// <param name="chunk_size">How many images' products are in memory at a time; 0 chooses. The loss is the same.</param>
    static Tensor Compute(
        Tensor image_features,
        Tensor text_features,
        Tensor logit_scale,
        [Input] Tensor? logit_bias = null,
        [AtLeast(0), Alias("block_size")] long chunk_size = 0
    )
    {
        var batch = Batch(nameof(SigLIPLoss), image_features, text_features, logit_scale, logit_bias);
        var bias = batch.Bias ?? zeros_like(batch.Scale.detach());
        return SigmoidPairs.Mean(batch.Images, batch.Texts, batch.Scale, bias, chunk_size);
    }
}
