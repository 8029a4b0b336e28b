namespace TorchLoss;

/// <summary>Likelihood of counts with more zeros than Poisson's: the model predicts how often nothing can come at all.</summary>
/// <remarks>
/// Per element <c>ℓ = −log(π [y = 0] + (1 − π) Poisson(y; m))</c> (nats) with y = target, the mean m = input of what is no such zero,
/// and π = σ(gate_logits). Added up in logarithms: a gate of 60 leaves nothing of 1 − π.
/// </remarks>
[Loss(
    Family.Probabilistic,
    Formula = @"-\log\left( \pi\,[y = 0] + (1 - \pi) \frac{\mu^y e^{-\mu}}{y!} \right), \quad \pi = \sigma(g)",
    Source = "Lambert 1992, Zero-Inflated Poisson Regression, doi:10.2307/1269547, section 2"
)]
public sealed partial class ZeroInflatedPoissonNLLLoss : LossModule3
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("input", "*", Role.Positive),
        new("target", "*", Role.Count),
        new("gate_logits", "*", Role.Logits),
        new("sample_weight", "*", Role.Weight) { Optional = true },
    ];

    /// <param name="input">The predicted means of the Poisson part, any shape, above 0; or their logarithms.</param>
    /// <param name="target">The counts, from 0, the shape of input.</param>
    /// <param name="gate_logits">Logits of the probabilities π of a zero that is no Poisson zero, the shape of input.</param>
    /// <param name="log_input">Whether input is the logarithm of the mean.</param>
    /// <param name="reduction">None keeps the single losses, Mean averages them, Sum adds them up.</param>
    /// <param name="sample_weight">Weight of each element, broadcast to the losses. Mean divides by the sum of the weights.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        Tensor gate_logits,
        bool log_input = false,
        Reduction reduction = Reduction.Mean,
        [Input] Tensor? sample_weight = null
    )
    {
        const string loss = nameof(ZeroInflatedPoissonNLLLoss);
        var (mean, count) = CountLikelihood.Read(loss, input, target, log_input, sample_weight);
        var gate = CountLikelihood.Parameter(gate_logits, input, loss, positive: false);
        return CountLikelihood
            .ZeroInflated(gate, CountLikelihood.Poisson(mean, count, log_input), count)
            .Reduce(reduction, sample_weight);
    }
}
