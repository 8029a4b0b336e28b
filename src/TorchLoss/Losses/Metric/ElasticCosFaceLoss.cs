namespace TorchLoss;

/// <summary>CosFace with a margin drawn anew for each sample, so that classes may be as spread as they are.</summary>
/// <remarks>
/// The right class's cosine becomes <c>cos θ_y − m_i</c> with <c>m_i ~ N(margin, std²)</c>, all are scaled by s, then cross entropy in nats.
/// plus gives harder margins to other samples: the sorted margins are handed out by <c>argsort</c> of the falling cosines, as in the
/// source (an argsort, not a rank).
/// Shapes: embeddings (N, D), labels (N), weight (D, C), margins (N) → one value, or one loss per sample.
/// </remarks>
[Loss(
    Family.Metric,
    Formula = @"-\log\frac{e^{s \cos\theta_y - m_i}}{e^{s \cos\theta_y - m_i} + \sum_{k \neq y} e^{s\cos\theta_k}}, \quad m_i \sim N(m, \sigma^2)",
    Source = "Boutros, Damer, Kirchbuchner and Kuijper 2022, ElasticFace: Elastic Margin Loss for Deep Face Recognition, arXiv:2109.09416, eq. (5)",
    Function = "elastic_cosface_loss",
    BuiltIn = "CrossEntropyLoss"
)]
public sealed partial class ElasticCosFaceLoss : CosineSoftmaxLoss
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static new IReadOnlyList<InputInfo> Inputs { get; } =
    [.. ProxyLoss.Inputs, new("margins", "N", Role.Noise) { Optional = true }];

    /// <param name="weight">The class vectors (embedding_size, num_classes).</param>
    /// <param name="margin">The mean difference of cosines.</param>
    /// <param name="scale">The factor s of the cosines: the larger, the harder the softmax.</param>
    /// <param name="std">The standard deviation of the margins.</param>
    /// <param name="plus">Whether margins are handed out by the samples' cosines instead of at random.</param>
    /// <param name="reduction">None keeps one loss per sample, Mean averages them, Sum adds them up.</param>
    /// <param name="margins">The margins (N); null draws them.</param>
    static Tensor Compute(
        Tensor embeddings,
        Tensor labels,
        [Learned("embedding_size num_classes", Initial = Initial.Normal)] Tensor weight,
        [Finite] double margin = 0.35,
        [Positive] double scale = 64,
        [AtLeast(0)] double std = 0.0125,
        bool plus = false,
        Reduction reduction = Reduction.Mean,
        [Input] Tensor? margins = null
    ) =>
        Elastic(
                nameof(ElasticCosFaceLoss),
                embeddings,
                labels,
                weight,
                new(margin, std, plus),
                margins,
                scale,
                (target, own) => target - own
            )
            .Reduce(reduction);
}
