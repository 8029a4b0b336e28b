namespace TorchLoss;

/// <summary>Approximate NDCG of scores with Gumbel noise, averaged over several draws: a smoother surface with fewer local optima.</summary>
/// <remarks>
/// <see cref="ApproxNDCGLoss"/> of noisy scores: each list's scores get noise g, are log-softmaxed, and their smooth ranks
/// have temperature T. Lists without a relevant document are left out of the mean. Needs O(K L²) memory a list.
/// Shapes: y_pred (B, L), y_true (B, L), gumbel (B, K, L) → one value, or one loss per list.
/// </remarks>
[Loss(
    Family.Ranking,
    Formula = @"-\frac{1}{K}\sum_k \mathrm{ApproxNDCG}\big(\log\mathrm{softmax}((s + g_k)/\beta)\big)",
    Source = "Bruch, Han, Bendersky and Najork 2020, A Stochastic Treatment of Learning to Rank Scoring Functions, WSDM, doi:10.1145/3336191.3371844, section 4"
)]
public sealed partial class GumbelApproxNDCGLoss : ListLoss
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static new IReadOnlyList<InputInfo> Inputs { get; } =
    [.. ListLoss.Inputs, new("gumbel", "B K L", Role.Noise) { Optional = true }];

    /// <param name="temperature">Temperature T of the smooth ranks: the smaller, the closer to the true rank.</param>
    /// <param name="gumbel_temperature">What the noisy scores are divided by before their softmax.</param>
    /// <param name="sample_size">How often noise is drawn, where none is given.</param>
    /// <param name="reduction">None keeps the lists' losses (B), Mean averages those with a relevant document, Sum adds them up.</param>
    /// <param name="gumbel">The noise (B, K, L); null draws sample_size times from the standard Gumbel distribution.</param>
    static Tensor Compute(
        Tensor y_pred,
        Tensor y_true,
        [Positive] double temperature = 0.1,
        [Positive] double gumbel_temperature = 1.0,
        [AtLeast(1)] long sample_size = 8,
        Reduction reduction = Reduction.Mean,
        [Input] Tensor? gumbel = null
    )
    {
        var lists = Read(y_pred, y_true, nameof(GumbelApproxNDCGLoss));
        var noise = gumbel is null ? Draw(lists.Scores, sample_size) : Given(gumbel, y_pred);
        var samples = noise.shape[1];
        DocumentLists Sampled(Tensor scores) =>
            new(
                scores,
                lists.Relevance.repeat_interleave(samples, dim: 0),
                lists.Valid.repeat_interleave(samples, dim: 0)
            );

        var perturbed = (lists.Scores.unsqueeze(1) + noise).flatten(0, 1) / gumbel_temperature;
        var drawn = Sampled(perturbed);
        var log_p = drawn.LogSoftmax(perturbed);
        var ndcg = ApproxNDCGLoss.Measure(
            Sampled(where(drawn.Valid, log_p, zeros_like(log_p))),
            1 / temperature,
            1e-10
        );
        var losses = -ndcg.view(lists.Scores.shape[0], samples).mean([1]);
        return reduction is Reduction.Mean
            ? losses.Reduce(reduction, lists.Relevance.sum(1).ne(0))
            : losses.Reduce(reduction);
    }

    static Tensor Draw(Tensor scores, long samples)
    {
        var uniform = rand([scores.shape[0], samples, scores.shape[1]], dtype: scores.dtype, device: scores.device);
        return -(-(uniform + 1e-20).log() + 1e-20).log();
    }

    static Tensor Given(Tensor gumbel, Tensor y_pred)
    {
        const string loss = nameof(GumbelApproxNDCGLoss);
        InputCheck.Floating(gumbel, loss);
        InputCheck.Dimensions(gumbel, 3, "(B, K, L)", loss);
        InputCheck.SameDevice(gumbel, y_pred, loss);
        InputCheck.Size(gumbel, 0, y_pred.shape[0], "the lists of y_pred", loss);
        InputCheck.Size(gumbel, 2, y_pred.shape[1], "the documents of y_pred", loss);
        return gumbel.to(y_pred.Upcast().dtype);
    }
}
