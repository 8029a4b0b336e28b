using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TorchLoss.Tests.Kernels;

/// <summary>Formulas that between them use every operation of a number, for the engines to run.</summary>
static class TestFormulas
{
    const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    [StructLayout(LayoutKind.Auto)]
    public readonly struct Focal(double alpha, double gamma) : IPointwiseFormula<Focal>
    {
        readonly double alpha = alpha;
        readonly double gamma = gamma;

        [MethodImpl(Inline)]
        public static R Value<R>(in Focal options, R input, R target)
            where R : struct, IReal<R>
        {
            R.SigmoidSoftplus(input, out var p, out var q, out var softplus);
            var miss = p + target * (q - p);
            var weight = target * (2 * options.alpha - 1) + (1 - options.alpha);
            return weight * R.Pow(miss, options.gamma) * (softplus - target * input);
        }
    }

    public readonly struct LogCosh : IPointwiseFormula<LogCosh>
    {
        [MethodImpl(Inline)]
        public static R Value<R>(in LogCosh options, R input, R target)
            where R : struct, IReal<R>
        {
            var error = input - target;
            return error + R.Softplus(error * -2.0) - Math.Log(2);
        }
    }

    public readonly struct Squared : IPointwiseFormula<Squared>
    {
        [MethodImpl(Inline)]
        public static R Value<R>(in Squared options, R input, R target)
            where R : struct, IReal<R>
        {
            var error = input - target;
            return error * error;
        }
    }

    /// <summary>Piecewise, with an absolute value, a maximum and a minimum.</summary>
    public readonly struct Clipped : IPointwiseFormula<Clipped>
    {
        [MethodImpl(Inline)]
        public static R Value<R>(in Clipped options, R input, R target)
            where R : struct, IReal<R>
        {
            var error = R.Abs(input - target);
            var huber = R.Select(R.Greater(error, 1.0), error - 0.5, error * error * 0.5);
            return R.Min(huber, 2.0) + R.Max(input, 0.0) * R.Detach(error);
        }
    }

    /// <summary>All the transcendental functions.</summary>
    public readonly struct Everything : IPointwiseFormula<Everything>
    {
        [MethodImpl(Inline)]
        public static R Value<R>(in Everything options, R input, R target)
            where R : struct, IReal<R>
        {
            var positive = R.Exp(input * 0.25);
            var roots = R.Sqrt(positive) + R.Log(positive + 0.5) / (positive + 1.0);
            var small = R.Log1p(positive * 0.1) + R.Expm1(-positive) + R.Tanh(input - target);
            return roots * small + R.Pow(positive, -0.7);
        }
    }

    public readonly struct SoftmaxFocal(double gamma) : ISoftmaxFormula<SoftmaxFocal>
    {
        readonly double gamma = gamma;

        public static bool UsesMean => false;

        [MethodImpl(Inline)]
        public static R Value<R>(in SoftmaxFocal options, R log_p, R mean_log_p)
            where R : struct, IReal<R> => -R.Pow(-R.Expm1(log_p), options.gamma) * log_p;
    }

    public readonly struct Smoothed(double smoothing) : ISoftmaxFormula<Smoothed>
    {
        readonly double smoothing = smoothing;

        public static bool UsesMean => true;

        [MethodImpl(Inline)]
        public static R Value<R>(in Smoothed options, R log_p, R mean_log_p)
            where R : struct, IReal<R> => log_p * (options.smoothing - 1) - mean_log_p * options.smoothing;
    }
}
