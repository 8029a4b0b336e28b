namespace TorchLoss;

/// <summary>Logit normalisation: cross entropy of logits of fixed length, so that the model cannot become sure by growing them.</summary>
/// <remarks>
/// Cross entropy (nats) of <c>input / ((‖input‖₂ + 10⁻⁷) t)</c>: only the direction of the logits counts, t sets how sure it can be.
/// </remarks>
[Loss(
    Family.Calibration,
    Formula = @"-\log \mathrm{softmax}\Big(\frac{x}{t \lVert x \rVert_2}\Big)_y",
    Source = "Wei, Xie, Cheng, Feng, An and Li 2022, Mitigating Neural Network Overconfidence with Logit Normalization, arXiv:2205.09310",
    BuiltIn = "CrossEntropyLoss"
)]
public sealed partial class LogitNormLoss : SoftmaxLoss
{
    /// <param name="t">Temperature t; the authors train with 0.04.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        [Positive] double t = 1.0,
        long ignore_index = -100,
        [Input] Tensor? sample_weight = null,
        Reduction reduction = Reduction.Mean
    )
    {
        ClassIndexCheck.Run(input, target, sample_weight, null, ignore_index, nameof(LogitNormLoss));
        var logits = input.Upcast();
        var weights = new SoftmaxWeights(null, sample_weight, ignore_index, MeanByClassWeight: false);
        return Run(new CrossEntropyFormula(), logits / ((logits.Norm(2, 1) + 1e-7) * t), target, weights, reduction);
    }
}
