using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>Asymmetric loss: many labels, few of them positive; easy negatives fade out faster than positives, very easy ones count nothing.</summary>
/// <remarks>
/// Per label <c>ℓ = −(y · log p + (1 − y) · log(1 − p_m)) · miss^γ</c> (nats), p the sigmoid of the logit and
/// <c>p_m = max(p − clip, 0)</c>; miss is 1 − p for a positive and p_m for a negative, γ likewise gamma_pos and gamma_neg.
/// Labels between 0 and 1 mix logarithms, misses and exponents linearly. Both logarithms are at least log(eps), so a positive
/// that the model has all but ruled out (p below eps) gets no pull from its logarithm; eps = 0 lifts that floor.
/// log p is −softplus(−x) and 1 − p is σ(−x): as log(σ(x)) and 1 − σ(x) both lose their digits for confident predictions.
/// The default reduction is the sum, as in the paper's training; the learning rate has to fit it.
/// </remarks>
[Loss(
    Family.MultiLabel,
    Formula = @"-\big(y (1 - p)^{\gamma_+} \log p + (1 - y) p_m^{\gamma_-} \log(1 - p_m)\big), \quad p_m = \max(p - m, 0)",
    Source = "Ben-Baruch, Ridnik, Zamir, Noy, Friedman, Protter and Zelnik-Manor 2021, Asymmetric Loss for Multi-Label Classification, arXiv:2009.14119, eq. (7)",
    Aliases = "ASLLoss AsymmetricLossMultiLabel AsymmetricLossOptimized",
    BuiltIn = "BCEWithLogitsLoss",
    DefaultReduction = Reduction.Sum
)]
public sealed partial class AsymmetricLoss : PointwiseLoss
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static new IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("input", "*", Role.Logits),
        new("target", "*", Role.BinaryTarget),
        new("sample_weight", "*", Role.Weight) { Optional = true },
    ];

    [MethodImpl(Inline)]
    static R Value<R>(
        R input,
        R target,
        double gamma_neg,
        double gamma_pos,
        double clip,
        double eps,
        bool disable_torch_grad_focal_loss
    )
        where R : struct, IReal<R>
    {
        R.SigmoidSoftplus(-input, out var q, out var p, out var softplus);
        var log_p = R.Max(Math.Log(eps), -softplus);
        var log_q = R.Max(Math.Log(eps), clip > 0 ? R.Log(R.Min(1.0, q + clip)) : -R.Softplus(input));
        var entropy = -(target * log_p + (1.0 - target) * log_q);

        // the exponent differs from label to label, so the power goes through the logarithm; where miss is below the floor the
        // entropy is as small and their product is 0 all the same
        var miss = R.Max(1e-30, target * q + (1.0 - target) * R.Max(0.0, p - clip));
        var focus = R.Exp((target * (gamma_pos - gamma_neg) + gamma_neg) * R.Log(miss));
        return entropy * (disable_torch_grad_focal_loss ? R.Detach(focus) : focus);
    }

    /// <param name="input">The logits, any shape.</param>
    /// <param name="target">The labels in [0, 1], the shape of input.</param>
    /// <param name="gamma_neg">Focusing strength of negatives: the higher, the less an easy one counts.</param>
    /// <param name="gamma_pos">Focusing strength of positives.</param>
    /// <param name="clip">Probability margin m: negatives predicted below it count nothing; 0 switches it off.</param>
    /// <param name="eps">Smallest probability that enters a logarithm.</param>
    /// <param name="disable_torch_grad_focal_loss">Whether the focusing factor is a constant for the gradient.</param>
    /// <param name="reduction">None keeps the single losses, Mean averages them, Sum adds them up.</param>
    /// <param name="sample_weight">
    /// Weight of each element, broadcast to the losses; a bool mask counts as 0 and 1. Mean divides by the sum of the weights.
    /// </param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        [AtLeast(0)] double gamma_neg = 4.0,
        [AtLeast(0)] double gamma_pos = 1.0,
        [Between(0, 1, HighOpen = true)] double clip = 0.05,
        [Between(0, 1, HighOpen = true)] double eps = 1e-8,
        bool disable_torch_grad_focal_loss = false,
        Reduction reduction = Reduction.Sum,
        [Input] Tensor? sample_weight = null
    )
    {
        var constant = disable_torch_grad_focal_loss;

        // without the floor a probability may underflow, which the softplus of the general form does not
        return eps is >= 1e-30 and < 0.5 && BinaryTargets.AreIn(target)
            ? Evaluate(new OfLabels(gamma_neg, gamma_pos, clip, eps, constant), input, target, sample_weight, reduction)
            : Evaluate(new Formula(gamma_neg, gamma_pos, clip, eps, constant), input, target, sample_weight, reduction);
    }

    /// <summary>What <c>Value</c> comes to where every target is 0 or 1: one logarithm and constant exponents, three times as fast.</summary>
    internal readonly record struct OfLabels(
        double GammaNeg,
        double GammaPos,
        double Clip,
        double Eps,
        bool FocusIsConstant
    ) : IPointwiseFormula<OfLabels>
    {
        /// <inheritdoc/>
        [MethodImpl(Inline)]
        public static R Value<R>(in OfLabels options, R input, R target)
            where R : struct, IReal<R>
        {
            // the miss, and what is left of 1, neither of them by cancellation
            R.SigmoidSoftplus(-input, out var q, out var p, out _);
            var positive = R.Greater(target, 0.5);
            var miss = R.Select(positive, q, R.Max(0.0, p - options.Clip));
            var hit = R.Select(positive, p, options.Clip > 0 ? R.Min(1.0, q + options.Clip) : q);
            var entropy = -R.Log(R.Max(options.Eps, hit), miss);
            var focus = R.Select(positive, R.Pow(miss, options.GammaPos), R.Pow(miss, options.GammaNeg));
            return entropy * (options.FocusIsConstant ? R.Detach(focus) : focus);
        }
    }
}
