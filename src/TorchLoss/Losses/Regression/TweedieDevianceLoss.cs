using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>Tweedie deviance: errors count by the spread that a target of that size is expected to have.</summary>
/// <remarks>
/// Per element, for targets whose variance grows as mean^p, with y the target and m the predicted mean:
/// <c>ℓ = 2 ( y^(2−p) / ((1−p)(2−p)) − y m^(1−p) / (1−p) + m^(2−p) / (2−p) )</c>, and its limits at p = 1 and 2. Power 0 is the
/// squared error, 1 Poisson, between 1 and 2 compound Poisson (many exact zeros), 2 gamma, 3 inverse Gaussian. It is 0 where m = y.
/// The mean itself is predicted, not its logarithm. Accepted (and checked on the CPU): m above 0; y of at least 0 for p below 2,
/// above 0 from 2 on; any y for a negative p, any of both for p = 0.
/// Written in s = y/m and the deformed logarithm (s^a − 1)/a: the three terms of the definition nearly cancel where m is close
/// to y, and each is infinite at p = 1 and 2.
/// </remarks>
[Loss(
    Family.Regression,
    Formula = @"2\Big(\frac{y^{2-p}}{(1-p)(2-p)} - \frac{y\,m^{1-p}}{1-p} + \frac{m^{2-p}}{2-p}\Big)",
    Source = "Jørgensen 1987, Exponential Dispersion Models, Journal of the Royal Statistical Society B 49(2), doi:10.1111/j.2517-6161.1987.tb01685.x"
)]
public sealed partial class TweedieDevianceLoss : PointwiseLoss
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static new IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("input", "*", Role.Positive),
        new("target", "*", Role.Positive),
        new("sample_weight", "*", Role.Weight) { Optional = true },
    ];

    [MethodImpl(Inline)]
    static R Value<R>(R input, R target, double power = 1.5)
        where R : struct, IReal<R>
    {
        if (power == 0)
        {
            return (target - input) * (target - input);
        }

        var ratio = target / input;
        var scale = R.Pow(input, 2 - power) * 2.0;
        if (power >= 2)
        {
            return scale * (DeformedLog(ratio, 2 - power) - (ratio - 1.0)) / (1 - power);
        }

        // y^(2−p) without the gradient's ∞ · 0 at y = 0; for y below 0 (and p below 0) the term is left out
        var positive = R.Greater(ratio, 0.0);
        var safe = R.Select(positive, ratio, 1.0);
        R missing = power == 1 ? 0.0 : -ratio / (1 - power);
        var term = R.Select(positive, safe * DeformedLog(safe, 1 - power), missing);
        return scale * (term - (ratio - 1.0)) / (2 - power);
    }

    /// <summary>(x^a − 1) / a, which is log x for a = 0.</summary>
    [MethodImpl(Inline)]
    static R DeformedLog<R>(R x, double a)
        where R : struct, IReal<R> => a == 0 ? R.Log(x) : R.Expm1(R.Log(x) * a) / a;

    /// <param name="power">Power p of the mean that the variance grows with; not between 0 and 1, where no such distribution exists.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        [Finite] double power = 1.5,
        [Input] Tensor? sample_weight = null,
        Reduction reduction = Reduction.Mean
    )
    {
        const string loss = nameof(TweedieDevianceLoss);
        CheckPower(power);
        if (power != 0)
        {
            InputCheck.Above(input, 0, loss);
        }

        if (power > 0)
        {
            InputCheck.Above(target, 0, loss, orEqual: power < 2);
        }

        return Evaluate(new Formula(power), input, target, sample_weight, reduction);
    }

    static void CheckPower(double power)
    {
        if (power is > 0 and < 1)
        {
            throw new ArgumentOutOfRangeException(
                nameof(power),
                power,
                $"{nameof(TweedieDevianceLoss)}: power must not lie between 0 and 1, got {power}; no such distribution exists."
            );
        }
    }

    partial void Created() => CheckPower(power);
}
