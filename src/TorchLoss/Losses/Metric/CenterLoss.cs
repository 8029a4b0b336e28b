namespace TorchLoss;

/// <summary>Center loss: each sample is drawn to the learned centre of its class; used beside a softmax loss.</summary>
/// <remarks>
/// Per sample <c>ℓ = |x − c_y|²</c> (squared Euclidean, without the factor ½ of the paper). The centres are learned by the
/// optimizer like any parameter, rather than by the paper's own update. Only the centres of classes in the batch are read, so
/// neither time nor memory grows with the number of classes. Shapes: embeddings (N, D), labels (N), centers (C, D).
/// </remarks>
[Loss(
    Family.Metric,
    Formula = @"\|x - c_y\|_2^2",
    Source = "Wen, Zhang, Li and Qiao 2016, A Discriminative Feature Learning Approach for Deep Face Recognition, ECCV, doi:10.1007/978-3-319-46478-7_31, eq. (2)",
    BuiltIn = "MSELoss"
)]
public sealed partial class CenterLoss : ProxyLoss
{
    /// <param name="centers">One centre for each class (num_classes, feat_dim).</param>
    /// <param name="reduction">None keeps one loss per sample, Mean averages them, Sum adds them up.</param>
    static Tensor Compute(
        Tensor embeddings,
        Tensor labels,
        [Learned("num_classes feat_dim", Initial = Initial.Normal)] Tensor centers,
        Reduction reduction = Reduction.Mean
    )
    {
        var batch = Read(nameof(CenterLoss), embeddings, labels, centers);
        var own = batch.Proxies.index_select(0, labels);
        return (batch.Embeddings - own).square().sum(1).Reduce(reduction);
    }
}
