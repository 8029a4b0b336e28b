namespace TorchLoss;

/// <summary>Cross entropy of ordered classes whose neighbours share the label, as a binomial distribution does.</summary>
/// <remarks>
/// Per position <c>ℓ = −Σ_i q_i log p_i</c> (nats) with <c>q = (1 − η) [i = y] + η Binomial(i; K − 1, π_y)</c>, π going evenly from 0.1 for the first class to
/// 0.9 for the last one.
/// </remarks>
[Loss(
    Family.Ordinal,
    Formula = @"-\sum_i q_i \log p_i, \quad q_i = (1 - \eta) [i = y] + \eta \binom{K - 1}{i} \pi_y^i (1 - \pi_y)^{K - 1 - i}",
    Source = "Liu, Fan, Kong, Qiao, Zhou and Yang 2020, Unimodal Regularized Neuron Stick-Breaking for Ordinal Classification, Neurocomputing 388"
)]
public sealed partial class BinomialCrossEntropyLoss : SoftLabelLoss
{
    /// <param name="eta">Share η of the soft distribution; the label itself has the rest, so that 0 is cross entropy.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        [AtLeast(1)] long? num_classes = null,
        [Between(0, 1)] double eta = 1.0,
        long ignore_index = -100,
        [Input] Tensor? sample_weight = null,
        Reduction reduction = Reduction.Mean
    ) =>
        Evaluate(
            nameof(BinomialCrossEntropyLoss),
            input,
            target,
            num_classes,
            eta,
            Binomial,
            null,
            sample_weight,
            ignore_index,
            reduction
        );

    /// <remarks>In logarithms: factorials of some hundred classes overflow.</remarks>
    static Tensor Binomial(long classes)
    {
        var i = arange(classes, dtype: float64);
        var odds = linspace(0.1, 0.9, classes, dtype: float64).unsqueeze(1);
        var ways = lgamma(tensor((double)classes, dtype: float64)) - lgamma(i + 1) - lgamma(classes - i);
        return (ways + i * odds.log() + (classes - 1 - i) * (-odds).log1p()).exp();
    }
}
