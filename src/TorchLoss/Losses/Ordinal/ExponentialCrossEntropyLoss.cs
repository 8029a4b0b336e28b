namespace TorchLoss;

/// <summary>Cross entropy of ordered classes whose neighbours share the label, falling off exponentially.</summary>
/// <remarks>
/// Per position <c>ℓ = −Σ_i q_i log p_i</c> (nats) with <c>q = (1 − η) [i = y] + η softmax(−|i − y|^p / τ)</c>.
/// </remarks>
[Loss(
    Family.Ordinal,
    Formula = @"-\sum_i q_i \log p_i, \quad q_i = (1 - \eta) [i = y] + \eta\, \mathrm{softmax}\big(-|i - y|^p / \tau\big)",
    Source = "Liu, Fan, Kong, Qiao, Zhou and Yang 2020, Unimodal Regularized Neuron Stick-Breaking for Ordinal Classification, Neurocomputing 388"
)]
public sealed partial class ExponentialCrossEntropyLoss : SoftLabelLoss
{
    /// <param name="eta">Share η of the soft distribution; the label itself has the rest, so that 0 is cross entropy.</param>
    /// <param name="p">Exponent of the distance.</param>
    /// <param name="tau">Width τ of the fall.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        [AtLeast(1)] long? num_classes = null,
        [Between(0, 1)] double eta = 1.0,
        [Positive] double p = 1.0,
        [Positive] double tau = 1.0,
        long ignore_index = -100,
        [Input] Tensor? sample_weight = null,
        Reduction reduction = Reduction.Mean
    ) =>
        Evaluate(
            nameof(ExponentialCrossEntropyLoss),
            input,
            target,
            num_classes,
            eta,
            classes => (Gaps(classes).pow(p) / -tau).softmax(1),
            null,
            sample_weight,
            ignore_index,
            reduction
        );
}
