namespace TorchLoss;

/// <summary>Divergence between two normal distributions: the predicted one is drawn to the target in mean and spread.</summary>
/// <remarks>
/// Per element <c>ℓ = KL(N(m1, s1²) ‖ N(m2, s2²)) = log(s2/s1) + (s1² + (m1 − m2)²) / (2 s2²) − 1/2</c> in nats, with m1, s1 = input,
/// scale and m2, s2 = target, target_scale; scales are standard deviations, above 0 (checked on the CPU). All have one shape.
/// Computed in δ = (s1 − s2)/s2 as δ(δ + 2)/2 − log(1 + δ) + ((m1 − m2)/s2)²/2: for nearly equal scales the terms of the
/// definition cancel.
/// </remarks>
[Loss(
    Family.Probabilistic,
    Formula = @"\log\frac{s_2}{s_1} + \frac{s_1^2 + (m_1 - m_2)^2}{2 s_2^2} - \frac{1}{2}",
    Source = "Kullback and Leibler 1951, On Information and Sufficiency, doi:10.1214/aoms/1177729694; torch.distributions.kl_divergence of two Normals",
    Function = "gaussian_kl_loss"
)]
public sealed partial class GaussianKLLoss : LossModule4
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("input", "*", Role.Prediction),
        new("scale", "*", Role.Positive),
        new("target", "*", Role.Prediction),
        new("target_scale", "*", Role.Positive),
        new("sample_weight", "*", Role.Weight) { Optional = true },
    ];

    /// <param name="sample_weight">Weight of each element, broadcast to the losses. Mean divides by the sum of the weights.</param>
    /// <param name="reduction">None keeps the single losses, Mean averages them, Sum adds them up.</param>
    static Tensor Compute(
        Tensor input,
        Tensor scale,
        Tensor target,
        Tensor target_scale,
        [Input] Tensor? sample_weight = null,
        Reduction reduction = Reduction.Mean
    )
    {
        Check(input, scale, target, target_scale, sample_weight);
        var (s1, s2) = (scale.Upcast(), target_scale.Upcast());
        var excess = (s1 - s2) / s2;
        var shift = (input.Upcast() - target) / s2;

        // far below the target's scale δ rounds to −1, where its logarithm would be infinite
        var near = excess.clamp_min(-0.5).log1p();
        var log_ratio = where(excess.lt(-0.5), s1.log() - s2.log(), near);
        var losses = (excess * (excess + 2) + shift.square()) * 0.5 - log_ratio;
        return losses.Reduce(reduction, sample_weight);
    }

    static void Check(Tensor input, Tensor scale, Tensor target, Tensor target_scale, Tensor? sample_weight)
    {
        const string loss = nameof(GaussianKLLoss);
        InputCheck.Floating(input, loss);
        InputCheck.Like(scale, input, loss);
        InputCheck.Like(target, input, loss);
        InputCheck.Like(target_scale, input, loss);
        InputCheck.BroadcastsTo(sample_weight, input, loss);
        InputCheck.Above(scale, 0, loss);
        InputCheck.Above(target_scale, 0, loss);
    }
}
