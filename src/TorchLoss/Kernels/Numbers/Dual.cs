using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>A number with its derivative: run a formula on it and the gradient comes out beside the value.</summary>
/// <param name="value">The value.</param>
/// <param name="slope">Its derivative by the variable that was seeded with slope 1.</param>
/// <typeparam name="R">The number underneath: a SIMD vector or a plain double.</typeparam>
public readonly struct Dual<R>(R value, R slope) : IReal<Dual<R>>
    where R : struct, IReal<R>
{
    /// <summary>The value.</summary>
    public readonly R Value = value;

    /// <summary>The derivative.</summary>
    public readonly R Slope = slope;

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static implicit operator Dual<R>(double value) => new(value, default);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static Dual<R> operator +(Dual<R> left, Dual<R> right) =>
        new(left.Value + right.Value, left.Slope + right.Slope);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static Dual<R> operator -(Dual<R> left, Dual<R> right) =>
        new(left.Value - right.Value, left.Slope - right.Slope);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static Dual<R> operator *(Dual<R> left, Dual<R> right) =>
        new(left.Value * right.Value, left.Slope * right.Value + left.Value * right.Slope);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static Dual<R> operator /(Dual<R> left, Dual<R> right)
    {
        R inverse = (R)1.0 / right.Value;
        var quotient = left.Value * inverse;
        return new(quotient, (left.Slope - quotient * right.Slope) * inverse);
    }

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static Dual<R> operator -(Dual<R> value) => new(-value.Value, -value.Slope);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static Dual<R> Abs(Dual<R> value)
    {
        var below = R.Select(R.Greater(0.0, value.Value), -value.Slope, 0.0);
        return new(R.Abs(value.Value), R.Select(R.Greater(value.Value, 0.0), value.Slope, below));
    }

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static Dual<R> Max(Dual<R> left, Dual<R> right) =>
        new(R.Max(left.Value, right.Value), R.Select(R.Greater(left.Value, right.Value), left.Slope, right.Slope));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static Dual<R> Min(Dual<R> left, Dual<R> right) =>
        new(R.Min(left.Value, right.Value), R.Select(R.Greater(right.Value, left.Value), left.Slope, right.Slope));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static Dual<R> Maximum(Dual<R> left, Dual<R> right)
    {
        var below = R.Select(R.Greater(right.Value, left.Value), right.Slope, (left.Slope + right.Slope) * 0.5);
        return new(R.Maximum(left.Value, right.Value), R.Select(R.Greater(left.Value, right.Value), left.Slope, below));
    }

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static Dual<R> Minimum(Dual<R> left, Dual<R> right)
    {
        var above = R.Select(R.Greater(left.Value, right.Value), right.Slope, (left.Slope + right.Slope) * 0.5);
        return new(R.Minimum(left.Value, right.Value), R.Select(R.Greater(right.Value, left.Value), left.Slope, above));
    }

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static Dual<R> Sqrt(Dual<R> value)
    {
        var root = R.Sqrt(value.Value);
        return new(root, value.Slope * 0.5 / root);
    }

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static Dual<R> Exp(Dual<R> value)
    {
        var e = R.Exp(value.Value);
        return new(e, value.Slope * e);
    }

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static Dual<R> Log(Dual<R> value) => new(R.Log(value.Value), value.Slope / value.Value);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static Dual<R> Log(Dual<R> value, Dual<R> complement) =>
        new(R.Log(value.Value, complement.Value), value.Slope / value.Value);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static Dual<R> Log1p(Dual<R> value) => new(R.Log1p(value.Value), value.Slope / (value.Value + 1.0));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static Dual<R> Expm1(Dual<R> value)
    {
        var e = R.Expm1(value.Value);
        return new(e, value.Slope * (e + 1.0));
    }

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static Dual<R> Tanh(Dual<R> value)
    {
        var t = R.Tanh(value.Value);
        return new(t, value.Slope * ((R)1.0 - t * t));
    }

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static Dual<R> Atan2(Dual<R> y, Dual<R> x) =>
        new(
            R.Atan2(y.Value, x.Value),
            (x.Value * y.Slope - y.Value * x.Slope) / (x.Value * x.Value + y.Value * y.Value)
        );

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static Dual<R> Softplus(Dual<R> value)
    {
        R.SigmoidSoftplus(value.Value, out var sigmoid, out _, out var softplus);
        return new(softplus, value.Slope * sigmoid);
    }

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static void SigmoidSoftplus(Dual<R> x, out Dual<R> sigmoid, out Dual<R> complement, out Dual<R> softplus)
    {
        R.SigmoidSoftplus(x.Value, out var p, out var q, out var s);
        var ps = p * x.Slope;
        var slope = ps * q;
        sigmoid = new(p, slope);
        complement = new(q, -slope);
        softplus = new(s, ps);
    }

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static Dual<R> Pow(Dual<R> value, double exponent)
    {
        if (exponent >= 1)
        {
            var lower = R.Pow(value.Value, exponent - 1);
            return new(lower * value.Value, value.Slope * lower * exponent);
        }

        // x^(c-1) is infinite at 0 when c < 1; times a slope of 0 it would be NaN
        var power = R.Pow(value.Value, exponent);
        var slope = value.Slope * exponent * power / value.Value;
        return new(power, R.Select(R.Greater(value.Value, 0.0), slope, 0.0));
    }

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static Dual<R> Greater(Dual<R> left, Dual<R> right) => new(R.Greater(left.Value, right.Value), default);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static Dual<R> Select(Dual<R> mask, Dual<R> then, Dual<R> otherwise) =>
        new(R.Select(mask.Value, then.Value, otherwise.Value), R.Select(mask.Value, then.Slope, otherwise.Slope));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static Dual<R> Detach(Dual<R> value) => new(value.Value, default);
}
