namespace TorchLoss;

/// <summary>Cross entropy of ordered classes whose neighbours share the label, after a Poisson distribution.</summary>
/// <remarks>
/// Per position <c>ℓ = −Σ_i q_i log p_i</c> (nats) with <c>q = (1 − η) [i = y] + η softmax_i(Poisson(i; y + 1))</c>: the softmax of the probabilities
/// themselves, as in the authors' code, so that no class has less than a third of the likeliest one's share.
/// </remarks>
[Loss(
    Family.Ordinal,
    Formula = @"-\sum_i q_i \log p_i, \quad q_i = (1 - \eta) [i = y] + \eta\, \mathrm{softmax}_i\Big(\frac{\lambda^i e^{-\lambda}}{i!}\Big), \; \lambda = y + 1",
    Source = "Liu, Fan, Kong, Qiao, Zhou and Yang 2020, Unimodal Regularized Neuron Stick-Breaking for Ordinal Classification, Neurocomputing 388"
)]
public sealed partial class PoissonCrossEntropyLoss : SoftLabelLoss
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
            nameof(PoissonCrossEntropyLoss),
            input,
            target,
            num_classes,
            eta,
            Poisson,
            null,
            sample_weight,
            ignore_index,
            reduction
        );

    /// <remarks>In logarithms: factorials of some hundred classes overflow.</remarks>
    static Tensor Poisson(long classes)
    {
        var i = arange(classes, dtype: float64);
        var rate = (i + 1).unsqueeze(1);
        return (i * rate.log() - rate - lgamma(i + 1)).exp().softmax(1);
    }
}
