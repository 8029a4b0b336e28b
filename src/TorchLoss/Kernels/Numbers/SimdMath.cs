using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>Elementary functions on vectors of floats, written once for every width.</summary>
/// <remarks>
/// Each is within 3.2 ulp of the true value over the whole range of float (the tests state the bound of each; a power loses
/// with its exponent, x^7 reaches 5), NaN goes in and comes out, and infinities, zeros and denormals are right.
/// </remarks>
static class SimdMath
{
    const double Log2E = 1.4426950408889634;
    const double Log2 = 0.6931471805599453;

    // log 2 in two parts: the high one has so few bits that its product with an exponent is exact
    const double Log2High = 0.693145751953125;
    const double Log2Low = 1.428606765330187e-06;

    /// <summary>e^x.</summary>
    [MethodImpl(Inline)]
    public static V Exp<V>(V x)
        where V : struct, IFloats<V>
    {
        // beyond these bounds the result is 0 or infinite anyway; the order of the operands lets NaN through
        return ExpBelow89(V.FastMin(89.0, x));
    }

    /// <summary>e^x for x up to 89, where it becomes infinite.</summary>
    [MethodImpl(Inline)]
    static V ExpBelow89<V>(V x)
        where V : struct, IFloats<V>
    {
        x = V.FastMax(-104.0, x);
        var n = V.Round(x * Log2E);
        var r = Remainder(x, n);
        return V.Scale(V.MultiplyAdd(ExpTail(r), r * r, r) + 1.0, n);
    }

    /// <summary>2^x for x up to 128: no product with log 2 has to be undone, as in <see cref="Exp"/>.</summary>
    [MethodImpl(Inline)]
    public static V Exp2<V>(V x)
        where V : struct, IFloats<V>
    {
        // the order of the operands lets NaN through
        x = V.FastMax(-150.0, x);
        var n = V.Round(x);
        var r = (x - n) * Log2;
        return V.Scale(V.MultiplyAdd(ExpTail(r), r * r, r) + 1.0, n);
    }

    /// <summary>e^x − 1 without cancellation: 2^n (e^r − 1 + 1 − 2^−n).</summary>
    [MethodImpl(Inline)]
    public static V Expm1<V>(V x)
        where V : struct, IFloats<V>
    {
        // below −20 the result is −1 to the last bit, and 2^−n would overflow
        x = V.FastMin(89.0, V.FastMax(-20.0, x));
        var n = V.Round(x * Log2E);
        var r = Remainder(x, n);
        var tail = ExpTail(r) * (r * r);
        var expm1 = tail + r;

        // where it and 1 − 2^−n have opposite signs, half a unit lost in this sum is a whole one of the result
        var lost = tail - (expm1 - r);
        return V.Scale(expm1 + (-V.Scale(1.0, -n) + 1.0) + lost, n);
    }

    [MethodImpl(Inline)]
    static V Remainder<V>(V x, V n)
        where V : struct, IFloats<V> => V.MultiplyAdd(n, -Log2Low, V.MultiplyAdd(n, -Log2High, x));

    /// <summary>(e^r − 1 − r) / r² for |r| ≤ ½ log 2; the polynomial is a minimax fit, 3.7e-9 of e^r.</summary>
    [MethodImpl(Inline)]
    static V ExpTail<V>(V r)
        where V : struct, IFloats<V>
    {
        var square = r * r;
        var middle = V.MultiplyAdd(8.36760931e-3, r, 4.166724236e-2);
        var low = V.MultiplyAdd(0.1666653303, r, 0.5);
        return V.MultiplyAdd(V.MultiplyAdd(1.386366712e-3, square, middle), square, low);
    }

    /// <summary>Natural logarithm: −∞ at 0, NaN below.</summary>
    [MethodImpl(Inline)]
    public static V Log<V>(V x)
        where V : struct, IFloats<V>
    {
        SplitAny(x, out var mantissa, out var exponent);
        return LogSpecials(x, LogOf(mantissa - 1.0, exponent));
    }

    /// <summary>Natural logarithm of x in [0, 1] whose distance from 1 is known: x itself has rounded it.</summary>
    [MethodImpl(Inline)]
    public static V Log<V>(V x, V complement)
        where V : struct, IFloats<V>
    {
        // from √½ on the exponent is 0
        SplitAny(x, out var mantissa, out var exponent);
        return LogSpecials(x, LogOf(V.Select(V.Greater(x, 0.75), -complement, mantissa - 1.0), exponent));
    }

    /// <summary>log((1 + m) 2^exponent).</summary>
    [MethodImpl(Inline)]
    static V LogOf<V>(V m, V exponent)
        where V : struct, IFloats<V>
    {
        var square = m * m;
        var tail = V.MultiplyAdd(exponent, -2.12194440e-4, LogTail(m) * m * square);
        tail = V.MultiplyAdd(-0.5, square, tail);
        return V.MultiplyAdd(exponent, 0.693359375, m + tail);
    }

    /// <summary>Mantissa and exponent, also of denormals.</summary>
    [MethodImpl(Inline)]
    static void SplitAny<V>(V x, out V mantissa, out V exponent)
        where V : struct, IFloats<V>
    {
        var denormal = V.Greater(1.17549435e-38, x);
        var normal = V.Select(denormal, x * 33554432.0, x);
        mantissa = V.Mantissa(normal);
        exponent = V.Exponent(normal) - V.Select(denormal, 25.0, 0.0);
    }

    /// <summary>(log(1 + m) − m + m²/2) / m³ for 1 + m from √½ to √2 (Cephes).</summary>
    [MethodImpl(Inline)]
    static V LogTail<V>(V m)
        where V : struct, IFloats<V>
    {
        var square = m * m;
        var first = V.MultiplyAdd(7.0376836292e-2, m, -1.1514610310e-1);
        var second = V.MultiplyAdd(1.1676998740e-1, m, -1.2420140846e-1);
        var third = V.MultiplyAdd(1.4249322787e-1, m, -1.6668057665e-1);
        var fourth = V.MultiplyAdd(2.0000714765e-1, m, -2.4999993993e-1);
        var high = V.MultiplyAdd(first, square, second);
        var low = V.MultiplyAdd(third, square, fourth);
        return V.MultiplyAdd(V.MultiplyAdd(high, square * square, low), m, 3.3333331174e-1);
    }

    /// <summary>Puts right what the bit tricks of the logarithm do not know: 0, negative numbers, infinity and NaN.</summary>
    [MethodImpl(Inline)]
    static V LogSpecials<V>(V x, V log)
        where V : struct, IFloats<V>
    {
        var notPositive = V.Select(V.Greater(0.0, x), double.NaN, double.NegativeInfinity);
        log = V.Select(V.Greater(x, 0.0), log, notPositive);
        return V.Select(V.Greater(double.PositiveInfinity, x), log, x);
    }

    /// <summary>log(1 + x): the logarithm of the rounded sum, and what the rounding lost.</summary>
    [MethodImpl(Inline)]
    public static V Log1p<V>(V x)
        where V : struct, IFloats<V>
    {
        var sum = x + 1.0;
        var log = Log(sum);
        var lost = (x - (sum - 1.0)) / sum;
        var corrected = V.Select(V.Greater(double.PositiveInfinity, sum), log + lost, log);
        return V.Select(V.Greater(sum, 0.0), corrected, log);
    }

    /// <summary>Hyperbolic tangent by e^(−2|x|) − 1, which neither overflows nor cancels.</summary>
    [MethodImpl(Inline)]
    public static V Tanh<V>(V x)
        where V : struct, IFloats<V>
    {
        var expm1 = Expm1(V.Abs(x) * -2.0);
        var t = expm1 / (expm1 + 2.0);
        return V.Select(V.Greater(x, 0.0), -t, t);
    }

    /// <summary>The angle of (x, y): an odd polynomial of the smaller over the larger side, 3.7e-8, turned into its octant.</summary>
    [MethodImpl(Inline)]
    public static V Atan2<V>(V y, V x)
        where V : struct, IFloats<V>
    {
        var (a, b) = (V.Abs(x), V.Abs(y));
        var steep = V.Greater(b, a);
        var small = V.Select(steep, a, b);
        var large = V.Select(steep, b, a);

        // the origin has angle 0, not 0/0
        var t = V.Select(V.Greater(float.Epsilon, large), small, small / large);
        var z = t * t;
        var p = V.MultiplyAdd(0.0027662835, z, -0.0157312491);
        p = V.MultiplyAdd(p, z, 0.0421376236);
        p = V.MultiplyAdd(p, z, -0.0745685483);
        p = V.MultiplyAdd(p, z, 0.106183706);
        p = V.MultiplyAdd(p, z, -0.141977978);
        p = V.MultiplyAdd(p, z, 0.19991872);
        p = V.MultiplyAdd(p, z, -0.333330367);
        p = V.MultiplyAdd(p, z, 0.999999982);
        var angle = t * p;
        angle = V.Select(steep, -angle + Math.PI / 2, angle);
        angle = V.Select(V.Greater(0.0, x), -angle + Math.PI, angle);
        return V.Select(V.Greater(0.0, y), -angle, angle);
    }

    /// <summary>log(1 + e^x): the exponent is never positive, so nothing overflows.</summary>
    [MethodImpl(Inline)]
    public static V Softplus<V>(V x)
        where V : struct, IFloats<V> => V.FastMax(0.0, x) + Log1pOfUnit(ExpBelow89(-V.Abs(x)));

    /// <summary>σ(x), 1 − σ(x) and softplus(x) of one exponential.</summary>
    [MethodImpl(Inline)]
    public static void SigmoidSoftplus<V>(V x, out V sigmoid, out V complement, out V softplus)
        where V : struct, IFloats<V>
    {
        var e = ExpBelow89(-V.Abs(x));
        var large = V.Reciprocal(e + 1.0);
        var small = e * large;
        var positive = V.Greater(x, 0.0);
        sigmoid = V.Select(positive, large, small);
        complement = V.Select(positive, small, large);
        softplus = V.FastMax(0.0, x) + Log1pOfUnit(e);
    }

    /// <summary>log(1 + e) for e from 0 to 1 as 2 artanh(e / (2 + e)); the polynomial is a minimax fit, 1.5e-8.</summary>
    [MethodImpl(Inline)]
    static V Log1pOfUnit<V>(V e)
        where V : struct, IFloats<V>
    {
        var s = e * V.Reciprocal(e + 2.0);
        var z = s * s;
        var p = V.MultiplyAdd(0.26867548, z, 0.28233956);
        p = V.MultiplyAdd(p, z, 0.40007671);
        p = V.MultiplyAdd(p, z, 0.6666664);
        return V.MultiplyAdd(p * z, s, s + s);
    }

    /// <summary>x^c for x ≥ 0: by multiplication and square roots for the exponents that losses use.</summary>
    [MethodImpl(Inline)]
    public static V Pow<V>(V x, double exponent)
        where V : struct, IFloats<V>
    {
        if (exponent == 2)
        {
            return x * x;
        }

        return exponent == 1 ? x : OtherPow(x, exponent);
    }

    /// <summary>Not inlined: its constants and temporaries would crowd the registers of every kernel that only squares.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    static V OtherPow<V>(V x, double exponent)
        where V : struct, IFloats<V> =>
        exponent switch
        {
            0 => 1.0,
            0.5 => V.Sqrt(x),
            1.5 => x * V.Sqrt(x),
            3 => x * x * x,
            4 => (x * x) * (x * x),
            -1 => Inverse(x),
            _ => GeneralPow(x, exponent),
        };

    [MethodImpl(Inline)]
    static V Inverse<V>(V x)
        where V : struct, IFloats<V>
    {
        V one = 1.0;
        return one / x;
    }

    /// <summary>2^(c·log₂ x), the product in two parts: its rounding error is multiplied by the size of the logarithm.</summary>
    [MethodImpl(Inline)]
    static V GeneralPow<V>(V x, double exponent)
        where V : struct, IFloats<V>
    {
        double high = FewBits((float)exponent);
        SplitAny(x, out var mantissa, out var power);

        var m = mantissa - 1.0;
        var square = m * m;
        var log = m + V.MultiplyAdd(-0.5, square, LogTail(m) * m * square);

        var whole = power * high;
        var lost = power * (exponent - high);
        var part = log * (exponent * Log2E);
        var n = V.Round(V.FastMin(200.0, V.FastMax(-200.0, whole + part)));
        var r = V.FastMin(1.0, V.FastMax(-1.0, ((whole - n) + part + lost) * Log2));
        return PowSpecials(x, exponent, V.Scale(V.MultiplyAdd(ExpTail(r), r * r, r + 1.0), n));
    }

    /// <summary>The upper 16 bits of a mantissa: their product with an exponent of a float is exact.</summary>
    static float FewBits(float value) =>
        BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(value) & 0xffffff00);

    [MethodImpl(Inline)]
    static V PowSpecials<V>(V x, double exponent, V power)
        where V : struct, IFloats<V>
    {
        V ofZero = exponent > 0 ? 0.0 : double.PositiveInfinity;
        power = V.Select(V.Greater(x, 0.0), power, V.Select(V.Greater(0.0, x), double.NaN, ofZero));
        return V.Select(V.Greater(double.PositiveInfinity, x), power, exponent > 0 ? x : Inverse(x));
    }
}
