namespace TorchLoss;

/// <summary>How <see cref="SORDLoss"/> measures the distance of two classes.</summary>
public enum SORDMetric
{
    /// <summary>|i − y|.</summary>
    Absolute,

    /// <summary>(i − y)².</summary>
    Squared,
}

/// <summary>Soft ordinal labels: cross entropy against a distribution that falls off with the distance from the label.</summary>
/// <remarks>
/// Per position <c>ℓ = −Σ_i q_i log p_i</c> (nats) with <c>q = softmax(−α φ(i, y))</c>, φ being |i − y| or its square. A large α is plain cross
/// entropy. The class weight is the label's, and does not change the mean's divisor.
/// </remarks>
[Loss(
    Family.Ordinal,
    Formula = @"-\sum_i q_i \log p_i, \quad q_i \propto e^{-\alpha \varphi(i, y)}",
    Function = "sord_loss",
    Source = "Díaz and Marathe 2019, Soft Labels for Ordinal Regression, CVPR 2019"
)]
public sealed partial class SORDLoss : SoftLabelLoss
{
    /// <param name="alpha">Steepness α of the fall.</param>
    /// <param name="metric">How the distance of two classes is measured.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        [Positive] double alpha,
        [AtLeast(1)] long? num_classes = null,
        SORDMetric metric = SORDMetric.Absolute,
        Tensor? weight = null,
        long ignore_index = -100,
        [Input] Tensor? sample_weight = null,
        Reduction reduction = Reduction.Mean
    ) =>
        Evaluate(
            nameof(SORDLoss),
            input,
            target,
            num_classes,
            1,
            classes =>
            {
                var gaps = Gaps(classes);
                return ((metric is SORDMetric.Squared ? gaps.square() : gaps) * -alpha).softmax(1);
            },
            weight,
            sample_weight,
            ignore_index,
            reduction
        );
}
