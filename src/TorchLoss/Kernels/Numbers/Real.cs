namespace TorchLoss;

/// <summary>A formula's number on plain <c>double</c>: the reference.</summary>
/// <param name="Value">The number.</param>
public readonly record struct Real(double Value) : IReal<Real>
{
    /// <inheritdoc/>
    public static implicit operator Real(double value) => new(value);

    /// <inheritdoc/>
    public static Real operator +(Real left, Real right) => new(left.Value + right.Value);

    /// <inheritdoc/>
    public static Real operator -(Real left, Real right) => new(left.Value - right.Value);

    /// <inheritdoc/>
    public static Real operator *(Real left, Real right) => new(left.Value * right.Value);

    /// <inheritdoc/>
    public static Real operator /(Real left, Real right) => new(left.Value / right.Value);

    /// <inheritdoc/>
    public static Real operator -(Real value) => new(-value.Value);

    /// <inheritdoc/>
    public static Real Abs(Real value) => new(Math.Abs(value.Value));

    /// <inheritdoc/>
    public static Real Max(Real left, Real right) => new(Math.Max(left.Value, right.Value));

    /// <inheritdoc/>
    public static Real Min(Real left, Real right) => new(Math.Min(left.Value, right.Value));

    /// <inheritdoc/>
    public static Real Maximum(Real left, Real right) => Max(left, right);

    /// <inheritdoc/>
    public static Real Minimum(Real left, Real right) => Min(left, right);

    /// <inheritdoc/>
    public static Real Sqrt(Real value) => new(Math.Sqrt(value.Value));

    /// <inheritdoc/>
    public static Real Exp(Real value) => new(Math.Exp(value.Value));

    /// <inheritdoc/>
    public static Real Log(Real value) => new(Math.Log(value.Value));

    /// <inheritdoc/>
    public static Real Log(Real value, Real complement) =>
        new(value.Value > 0.5 ? RealMath.Log1p(-complement.Value) : Math.Log(value.Value));

    /// <inheritdoc/>
    public static Real Log1p(Real value) => new(RealMath.Log1p(value.Value));

    /// <inheritdoc/>
    public static Real Expm1(Real value) => new(RealMath.Expm1(value.Value));

    /// <inheritdoc/>
    public static Real Tanh(Real value) => new(Math.Tanh(value.Value));

    /// <inheritdoc/>
    public static Real Atan2(Real y, Real x) => new(Math.Atan2(y.Value, x.Value));

    /// <inheritdoc/>
    public static Real Softplus(Real value) => new(RealMath.Softplus(value.Value));

    /// <inheritdoc/>
    public static void SigmoidSoftplus(Real x, out Real sigmoid, out Real complement, out Real softplus)
    {
        var e = Math.Exp(-Math.Abs(x.Value));
        var large = 1 / (1 + e);
        var small = e / (1 + e);
        (sigmoid, complement) = x.Value > 0 ? (new Real(large), new Real(small)) : (new Real(small), new Real(large));
        softplus = Softplus(x);
    }

    /// <inheritdoc/>
    public static Real Pow(Real value, double exponent) =>
        exponent switch
        {
            1 => value,
            2 => value * value,
            _ => new(Math.Pow(value.Value, exponent)),
        };

    /// <inheritdoc/>
    public static Real Greater(Real left, Real right) => new(left.Value > right.Value ? 1 : 0);

    /// <inheritdoc/>
    public static Real Select(Real mask, Real then, Real otherwise) => mask.Value != 0 ? then : otherwise;

    /// <inheritdoc/>
    public static Real Detach(Real value) => value;
}

/// <summary>The few functions of <c>double</c> that the framework lacks.</summary>
static class RealMath
{
    /// <summary>log(1 + x); the quotient undoes the rounding of 1 + x (Kahan), which would cost all digits of a small x.</summary>
    public static double Log1p(double x)
    {
        var u = 1 + x;
        return u == 1 || double.IsPositiveInfinity(u) ? x : Math.Log(u) * x / (u - 1);
    }

    /// <summary>exp(x) − 1 by tanh(x/2), exact for small x, where the difference would cancel.</summary>
    public static double Expm1(double x)
    {
        if (Math.Abs(x) > 1)
        {
            return Math.Exp(x) - 1;
        }

        var t = Math.Tanh(x / 2);
        return 2 * t / (1 - t);
    }

    /// <summary>log(1 + exp(x)): the exponent is never positive, so nothing overflows.</summary>
    public static double Softplus(double x) => Math.Max(x, 0) + Log1p(Math.Exp(-Math.Abs(x)));
}
