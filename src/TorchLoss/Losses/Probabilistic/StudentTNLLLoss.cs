namespace TorchLoss;

/// <summary>Likelihood of Student's t distribution: a Gaussian likelihood that outliers hardly move, its tails predicted, too.</summary>
/// <remarks>
/// Per element <c>ℓ = (ν+1)/2 · log(1 + w²/ν) + log s + ½ log(νπ) + log Γ(ν/2) − log Γ((ν+1)/2)</c> (nats) with
/// <c>w = (target − input)/s</c>, s = scale and ν = df; both above 0 (checked on the CPU). ν = 1 is Cauchy, ν → ∞ normal. For large ν
/// the two log Γ are large and their difference is small, so that is taken from a series. A density may exceed 1, so
/// the loss may be negative.
/// </remarks>
[Loss(
    Family.Probabilistic,
    Formula = @"\frac{\nu + 1}{2} \log\left(1 + \frac{w^2}{\nu}\right) + \log s + \tfrac{1}{2} \log \nu\pi + \log \frac{\Gamma(\nu/2)}{\Gamma((\nu + 1)/2)}, \quad w = \frac{y - \mu}{s}",
    Source = "Lange, Little and Taylor 1989, Robust Statistical Modeling Using the t Distribution, doi:10.1080/01621459.1989.10478852; torch.distributions.StudentT",
    Function = "student_t_nll_loss"
)]
public sealed partial class StudentTNLLLoss : LossModule4
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("input", "*", Role.Prediction),
        new("target", "*", Role.Target),
        new("scale", "*", Role.Positive),
        new("df", "*", Role.Positive),
        new("sample_weight", "*", Role.Weight) { Optional = true },
    ];

    /// <param name="input">The predicted medians, any shape.</param>
    /// <param name="scale">The predicted scales s, above 0.</param>
    /// <param name="df">The predicted degrees of freedom ν, above 0.</param>
    /// <param name="reduction">None keeps the single losses, Mean averages them, Sum adds them up.</param>
    /// <param name="sample_weight">Weight of each element, broadcast to the losses. Mean divides by the sum of the weights.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        Tensor scale,
        Tensor df,
        Reduction reduction = Reduction.Mean,
        [Input] Tensor? sample_weight = null
    )
    {
        var (median, y, s) = DensityLoss.Read(nameof(StudentTNLLLoss), input, target, scale, sample_weight);
        InputCheck.Like(df, input, nameof(StudentTNLLLoss));
        InputCheck.Above(df, 0, nameof(StudentTNLLLoss));
        var half = df.to(s.dtype) * 0.5;
        var w = (y - median) / s;
        var tail = (half + 0.5) * (w * (w / (2 * half))).log1p();
        var norm = s.log() + ((2 * half).log() + Math.Log(Math.PI)) * 0.5 - GammaFunction.HalfStep(half);
        return (tail + norm).Reduce(reduction, sample_weight);
    }
}
