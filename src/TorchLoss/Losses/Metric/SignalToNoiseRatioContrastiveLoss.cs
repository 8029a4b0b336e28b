namespace TorchLoss;

/// <summary>Contrastive loss by signal-to-noise ratio: positive pairs have little noise, negative pairs more than a margin.</summary>
/// <remarks>
/// <see cref="ContrastiveLoss"/> with the distance <c>d = var(a − x) / var(a)</c> over the features: how much of the anchor's
/// variance the difference has. Not symmetric. Shapes: embeddings (N, D), labels (N) → one value, or one loss per ordered
/// positive and then per ordered negative pair. An anchor whose features are all equal has no signal; its distances count as 0.
/// The source's further term for vectors of mean 0 is <see cref="ZeroMeanRegularizer"/>.
/// </remarks>
[Loss(
    Family.Metric,
    Formula = @"\big[d_{ap} - m_+\big]_+ + \big[m_- - d_{an}\big]_+, \quad d_{ax} = \frac{\mathrm{var}(a - x)}{\mathrm{var}(a)}",
    Source = "Yuan, Deng, Tang, Tang and Chen 2019, Signal-to-Noise Ratio: A Robust Distance Metric for Deep Metric Learning, arXiv:1904.02616"
)]
public sealed partial class SignalToNoiseRatioContrastiveLoss : PairLoss
{
    /// <param name="pos_margin">The ratio beyond which a positive pair costs.</param>
    /// <param name="neg_margin">The ratio within which a negative pair costs.</param>
    /// <param name="distance">How near two embeddings are; null is the ratio of unit vectors.</param>
    /// <param name="reducer">How the single losses become one value; null averages those greater than 0.</param>
    static Tensor Compute(
        Tensor embeddings,
        Tensor labels,
        [Finite] double pos_margin = 0,
        [Finite] double neg_margin = 1,
        SNRDistance? distance = null,
        Reducer? reducer = null,
        Miner? miner = null,
        Regularizer? embedding_regularizer = null,
        [Finite] double embedding_reg_weight = 1,
        [AtLeast(0)] long block_size = 0,
        [Input] Tensor? ref_emb = null,
        [Input] Tensor? ref_labels = null
    ) =>
        ContrastiveLoss.Hinges(
            nameof(SignalToNoiseRatioContrastiveLoss),
            embeddings,
            labels,
            pos_margin,
            neg_margin,
            distance ?? new SNRDistance(),
            reducer,
            miner,
            embedding_regularizer,
            embedding_reg_weight,
            block_size,
            ref_emb,
            ref_labels
        );
}
