namespace TorchLoss;

/// <summary>SimCLR: each view of a sample has to find the other one among all views of the batch.</summary>
/// <remarks>
/// Over the 2N views, with cosines s, temperature T and p the other view of the same sample,
/// <c>ℓ_i = −log( exp(s_ip/T) / Σ_{j≠i} exp(s_ij/T) )</c> in nats, averaged: <see cref="NTXentLoss"/> with the samples for labels.
/// Shapes: z_a (N, D), z_b (N, D), normalised here → one value. A batch of one sample has no negative and gives 0.
/// <para>Cosines go through in blocks of views where there are many: memory then grows with a block and not with N².</para>
/// </remarks>
[Loss(
    Family.SelfSupervised,
    Formula = @"-\frac{1}{2N}\sum_i \log\frac{e^{s_{ip}/T}}{\sum_{j \neq i} e^{s_{ij}/T}}",
    Source = "Chen, Kornblith, Norouzi and Hinton 2020, A Simple Framework for Contrastive Learning of Visual Representations, arXiv:2002.05709, eq. (1)",
    Function = "simclr_loss"
)]
public sealed partial class SimCLRLoss : TwoViewLoss
{
    /// <param name="temperature">Temperature T: the smaller, the more only the closest negatives count.</param>
    /// <param name="block_size">How many views' cosines are in memory at a time; 0 chooses. The loss is the same.</param>
    static Tensor Compute(Tensor z_a, Tensor z_b, [Positive] double temperature = 0.5, [AtLeast(0)] long block_size = 0)
    {
        var (a, b) = Views(nameof(SimCLRLoss), z_a, z_b);
        var samples = arange(a.shape[0], dtype: ScalarType.Int64, device: a.device).repeat(2);
        return InBatch.CrossEntropy(
            cat([a, b]),
            null,
            samples,
            null,
            new CosineSimilarityDistance(),
            temperature,
            Reduction.Mean,
            block_size
        );
    }
}
