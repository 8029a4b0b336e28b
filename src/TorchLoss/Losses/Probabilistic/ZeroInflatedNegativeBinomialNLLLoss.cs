namespace TorchLoss;

/// <summary>Likelihood of widely varying counts with many zeros, such as single-cell gene expression.</summary>
/// <remarks>
/// Per element <c>ℓ = −log(π [y = 0] + (1 − π) NB(y; m, α))</c> (nats): <see cref="NegativeBinomialNLLLoss"/> with the mean m = input and
/// the dispersion α (1/theta of scVI), and π = σ(gate_logits) the probability of a zero that it does not explain.
/// </remarks>
[Loss(
    Family.Probabilistic,
    Formula = @"-\log\left( \pi\,[y = 0] + (1 - \pi)\,\mathrm{NB}(y; \mu, \alpha) \right), \quad \pi = \sigma(g)",
    Source = "Lopez, Regier, Cole, Jordan and Yosef 2018, Deep generative modeling for single-cell transcriptomics (scVI), doi:10.1038/s41592-018-0229-2"
)]
public sealed partial class ZeroInflatedNegativeBinomialNLLLoss : LossModule4
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("input", "*", Role.Positive),
        new("target", "*", Role.Count),
        new("alpha", "*", Role.Positive),
        new("gate_logits", "*", Role.Logits),
        new("sample_weight", "*", Role.Weight) { Optional = true },
    ];

    /// <param name="input">The predicted means, any shape, above 0; or their logarithms.</param>
    /// <param name="target">The counts, from 0, the shape of input.</param>
    /// <param name="alpha">The predicted dispersions α, above 0, the shape of input.</param>
    /// <param name="gate_logits">Logits of the probabilities π of a zero that the counts do not explain, the shape of input.</param>
    /// <param name="log_input">Whether input is the logarithm of the mean.</param>
    /// <param name="reduction">None keeps the single losses, Mean averages them, Sum adds them up.</param>
    /// <param name="sample_weight">Weight of each element, broadcast to the losses. Mean divides by the sum of the weights.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        Tensor alpha,
        Tensor gate_logits,
        bool log_input = false,
        Reduction reduction = Reduction.Mean,
        [Input] Tensor? sample_weight = null
    )
    {
        const string loss = nameof(ZeroInflatedNegativeBinomialNLLLoss);
        var (mean, count) = CountLikelihood.Read(loss, input, target, log_input, sample_weight);
        var dispersion = CountLikelihood.Parameter(alpha, input, loss, positive: true);
        var gate = CountLikelihood.Parameter(gate_logits, input, loss, positive: false);
        return CountLikelihood
            .ZeroInflated(gate, CountLikelihood.NegativeBinomial(mean, count, dispersion, log_input), count)
            .Reduce(reduction, sample_weight);
    }
}
