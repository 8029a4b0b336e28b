namespace TorchLoss;

/// <summary>CLIP: each image has to find its text among all texts of the batch, and each text its image.</summary>
/// <remarks>
/// With <c>z_ij = s · x_i · y_j</c>, <c>ℓ = −1/(2N) Σ_i [ log softmax_j(z_ij)_i + log softmax_j(z_ji)_i ]</c> in nats.
/// <b>logit_scale is the factor s itself</b>, one over the temperature (models learn its logarithm and hand over the exponential), and
/// features are taken as they are: scale them to length 1 before. logit_bias is added to every z; a softmax does not notice it, so
/// neither value nor gradient depend on it. Shapes: image_features (N, D), text_features (N, D), logit_scale () → one value.
/// <para>
/// Products go through in blocks of rows where there are many: memory then grows with a block and not with N².
/// </para>
/// </remarks>
[Loss(
    Family.SelfSupervised,
    Formula = @"-\frac{1}{2N}\sum_i \left[\log\frac{e^{z_{ii}}}{\sum_j e^{z_{ij}}} + \log\frac{e^{z_{ii}}}{\sum_j e^{z_{ji}}}\right]",
    Source = "Radford et al. 2021, Learning Transferable Visual Models From Natural Language Supervision, arXiv:2103.00020, figure 3",
    Function = "clip_loss"
)]
public sealed partial class CLIPLoss : ImageTextLoss
{
    /// <param name="logit_scale">The factor s of the products, one number greater than 0.</param>
    /// <param name="logit_bias">What is added to the products, one number.</param>
    /// <param name="local_loss">For several processes that share a batch; without effect within one.</param>
    /// <param name="gather_with_grad">For several processes that share a batch; without effect within one.</param>
    /// <param name="block_size">How many rows' products are in memory at a time; 0 chooses. The loss is the same.</param>
    static Tensor Compute(
        Tensor image_features,
        Tensor text_features,
        Tensor logit_scale,
        [Input] Tensor? logit_bias = null,
        bool local_loss = false,
        bool gather_with_grad = false,
        [AtLeast(0)] long block_size = 0
    )
    {
        var batch = Batch(nameof(CLIPLoss), image_features, text_features, logit_scale, logit_bias);
        var loss = InBatch.BothWays(batch.Images, batch.Texts, batch.Scale, block_size);
        return batch.Bias is null ? loss : loss + 0 * batch.Bias;
    }
}
