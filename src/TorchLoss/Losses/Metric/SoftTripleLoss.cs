namespace TorchLoss;

/// <summary>SoftTriple: cross entropy over classes of several learned centres each, so that a class may have several modes.</summary>
/// <remarks>
/// With the cosines s_cj of the sample and the K centres of class c, <c>S_c = Σ_j softmax_j(s_cj / γ) s_cj</c> and
/// <c>ℓ = −log( exp(λ (S_y − δ)) / (exp(λ (S_y − δ)) + Σ_{c≠y} exp(λ S_c)) )</c> in nats. The columns of fc are class by class:
/// those of class c are c·K to c·K + K − 1. The paper's penalty that merges centres is <see cref="SparseCentersRegularizer"/>.
/// Shapes: embeddings (N, D), labels (N), fc (D, C·K) → one value, or one loss per sample.
/// </remarks>
[Loss(
    Family.Metric,
    Formula = @"-\log\frac{e^{\lambda(S_y - \delta)}}{e^{\lambda(S_y - \delta)} + \sum_{c \neq y} e^{\lambda S_c}}, \quad S_c = \sum_j \frac{e^{s_{cj}/\gamma}}{\sum_i e^{s_{ci}/\gamma}} s_{cj}",
    Source = "Qian, Shang, Sun, Hu, Li and Jin 2019, SoftTriple Loss: Deep Metric Learning Without Triplet Sampling, arXiv:1909.05235, eq. (6)"
)]
public sealed partial class SoftTripleLoss : ProxyLoss
{
    /// <param name="fc">The centres (embedding_size, num_centers), num_centers = classes · centers_per_class.</param>
    /// <param name="centers_per_class">How many centres K each class has.</param>
    /// <param name="la">The factor λ of the similarities: the larger, the harder the softmax.</param>
    /// <param name="gamma">The temperature γ among the centres of a class: the smaller, the more only the nearest counts.</param>
    /// <param name="margin">The margin δ.</param>
    /// <param name="distance">How near two embeddings are; null is the cosine.</param>
    /// <param name="reducer">How the single losses become one value; null averages them.</param>
    static Tensor Compute(
        Tensor embeddings,
        Tensor labels,
        [Learned("embedding_size num_centers", Initial = Initial.Normal)] Tensor fc,
        [AtLeast(1)] long centers_per_class = 10,
        [Positive] double la = 20,
        [Positive] double gamma = 0.1,
        [Finite] double margin = 0.01,
        Distance? distance = null,
        Reducer? reducer = null,
        Miner? miner = null,
        Regularizer? embedding_regularizer = null,
        [Finite] double embedding_reg_weight = 1,
        Regularizer? weight_regularizer = null,
        [Finite] double weight_reg_weight = 1
    )
    {
        InputCheck.Dimensions(fc, 2, "(embedding_size, num_centers)", nameof(SoftTripleLoss));
        var measure = distance ?? new CosineSimilarityDistance();
        return Evaluate(
            nameof(SoftTripleLoss),
            embeddings,
            labels,
            fc.t(),
            reducer ?? new MeanReducer(),
            miner,
            embedding_regularizer,
            embedding_reg_weight,
            weight_regularizer,
            weight_reg_weight,
            batch =>
            {
                var near = measure.Closeness(measure.Between(batch.Embeddings, batch.Proxies));
                var centres = near.view(near.shape[0], batch.Proxies.shape[0] / centers_per_class, centers_per_class);
                var classes = (softmax(centres / gamma, 2) * centres).sum(2);
                var logits = (classes - batch.OfClass(classes.shape[1]).to(classes.dtype) * margin) * la;
                return [batch.PerSample(cross_entropy(logits, batch.Labels, reduction: Reduction.None))];
            },
            centers_per_class
        );
    }
}
