namespace TorchLoss.Tests.Kernels;

/// <summary>Every function of the SIMD numbers against double precision, in units of the last place of float.</summary>
public sealed unsafe class SimdFunctionTests
{
    const int Samples = 100_000;

    static readonly float[] specials =
    [
        0f,
        -0f,
        1f,
        -1f,
        float.NaN,
        float.PositiveInfinity,
        float.NegativeInfinity,
        float.Epsilon,
        1e-40f,
        1.17549435e-38f,
        float.MaxValue,
        float.MinValue,
        -1e-40f,
        88.7f,
        -87.4f,
        -103f,
        -104f,
        -110f,
        200f,
    ];

    public static TheoryData<int> Widths => new(TestWidths.All.Select(width => (int)width));

    [Theory]
    [MemberData(nameof(Widths))]
    public void Functions_are_accurate_and_know_infinities_and_NaN(int width)
    {
        switch ((SimdWidth)width)
        {
            case SimdWidth.Bits512:
                CheckAll<F512>();
                break;
            case SimdWidth.Bits256:
                CheckAll<F256>();
                break;
            default:
                CheckAll<F128>();
                break;
        }
    }

    static void CheckAll<V>()
        where V : struct, ISimd<V>
    {
        var everywhere = Spread(-104, 89).Concat(Spread(-1, 1)).Concat(Powers()).Concat(Powers().Select(x => -x));
        var all = everywhere.Concat(specials).ToArray();
        var nonNegative = Powers().Concat(Spread(0.5, 2)).Concat(specials.Where(x => !(x < 0))).ToArray();

        Check<V>("exp", 1.3, all, V.Exp, Math.Exp);
        Check<V>("expm1", 1.5, all, V.Expm1, RealMath.Expm1);
        Check<V>("log", 0.8, [.. all, .. Spread(0.5, 2)], V.Log, Math.Log);
        float[] shares = [.. Powers().Where(x => x <= 1), .. Spread(0.5, 1), 0f, 1f];
        Check<V>("log beside its complement", 0.8, shares, x => V.Log(x, -x + 1.0), Math.Log);
        var small = shares.Where(x => x < 0.25).ToArray();
        Check<V>("log by its complement", 0.8, small, x => V.Log(-x + 1.0, x), x => RealMath.Log1p(-x));
        Check<V>("log1p", 1.5, all, V.Log1p, RealMath.Log1p);
        Check<V>("tanh", 2.5, all, V.Tanh, Math.Tanh);
        Check<V>("sqrt", 0.5, nonNegative, V.Sqrt, Math.Sqrt);
        Check<V>("abs", 0, all, V.Abs, Math.Abs);
        Check<V>("softplus", 3.2, all, V.Softplus, RealMath.Softplus);
        Check<V>("sigmoid", 2.7, all, x => Sigmoid(x, 0), x => Sigmoid(new Real(x), 0).Value);
        Check<V>("1 - sigmoid", 2.7, all, x => Sigmoid(x, 1), x => Sigmoid(new Real(x), 1).Value);
        Check<V>("softplus beside sigmoid", 3.2, all, x => Sigmoid(x, 2), RealMath.Softplus);
        foreach (var c in new[] { 2, 1, 0, 0.5, 1.5, 3, 4, 1.7, 0.3, 2.5, 7, -0.5, -1, -1.3 })
        {
            Check<V>($"pow {c}", Math.Abs(c) <= 3 ? 2.5 : 5, nonNegative, x => V.Pow(x, c), x => Math.Pow(x, c));
        }
    }

    static R Sigmoid<R>(R x, int which)
        where R : struct, IReal<R>
    {
        R.SigmoidSoftplus(x, out var sigmoid, out var complement, out var softplus);
        return which switch
        {
            0 => sigmoid,
            1 => complement,
            _ => softplus,
        };
    }

    static void Check<V>(string name, double bound, float[] inputs, Func<V, V> vector, Func<double, double> exact)
        where V : struct, ISimd<V>
    {
        var worst = 0.0;
        var at = 0f;
        for (var i = 0; i < inputs.Length; i++)
        {
            var x = inputs[i];
            var error = Ulps(Apply(x, i % V.Count, vector), exact(x));
            if (!(error <= worst))
            {
                (worst, at) = (error, x);
            }
        }

        Assert.True(worst <= bound, $"{name} at {V.Count} lanes: {worst:F2} ulp at {at:R}, allowed {bound}");
    }

    /// <summary>One number in one lane, others beside it: no lane may depend on its neighbours.</summary>
    static float Apply<V>(float x, int lane, Func<V, V> function)
        where V : struct, ISimd<V>
    {
        var memory = stackalloc float[16];
        new Span<float>(memory, 16).Fill(1f);
        memory[lane] = x;
        V.Store(memory, function(V.Load(memory)));
        return memory[lane];
    }

    static double Ulps(float got, double want)
    {
        var rounded = (float)want;
        if (float.IsNaN(rounded) || float.IsInfinity(rounded))
        {
            var edge = float.IsInfinity(rounded) && !double.IsInfinity(want) && Math.Abs(got) == float.MaxValue;
            return got.Equals(rounded) || edge ? 0 : double.PositiveInfinity;
        }

        double unit = MathF.BitIncrement(MathF.Abs(rounded)) - MathF.Abs(rounded);
        return float.IsFinite(got) ? Math.Abs(got - want) / unit
            : MathF.Abs(rounded) == float.MaxValue ? 0
            : double.PositiveInfinity;
    }

    static IEnumerable<float> Spread(double from, double to) =>
        Enumerable.Range(0, Samples).Select(i => (float)(from + (to - from) * i / Samples));

    static IEnumerable<float> Powers() => Spread(-149, 128).Select(e => (float)Math.Pow(2, e));

    [Theory]
    [MemberData(nameof(Widths))]
    public void Max_and_min_let_NaN_through_on_either_side(int width)
    {
        switch ((SimdWidth)width)
        {
            case SimdWidth.Bits512:
                CheckMaxMin<F512>();
                break;
            case SimdWidth.Bits256:
                CheckMaxMin<F256>();
                break;
            default:
                CheckMaxMin<F128>();
                break;
        }
    }

    static void CheckMaxMin<V>()
        where V : struct, ISimd<V>
    {
        Assert.Equal(float.NaN, V.Sum(V.Max(double.NaN, 1.0)));
        Assert.Equal(float.NaN, V.Sum(V.Max(1.0, double.NaN)));
        Assert.Equal(float.NaN, V.Sum(V.Min(double.NaN, 1.0)));
        Assert.Equal(float.NaN, V.Sum(V.Min(1.0, double.NaN)));
        Assert.Equal(2f * V.Count, V.Sum(V.Max(1.0, 2.0)));
        Assert.Equal(1f * V.Count, V.Sum(V.Min(1.0, 2.0)));
        Assert.Equal(2f, V.Largest(V.FastMax(1.0, 2.0)));
        V one = 1.0;
        V two = 2.0;
        Assert.Equal(1f * V.Count, V.Sum(V.Select(V.Greater(two, one), one, two)));
    }
}
