using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TorchLoss.Benchmarks;

/// <summary>Sigmoid focal loss.</summary>
[StructLayout(LayoutKind.Auto)]
readonly struct Focal(double alpha, double gamma) : IPointwiseFormula<Focal>
{
    readonly double alpha = alpha;
    readonly double gamma = gamma;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static R Value<R>(in Focal options, R input, R target)
        where R : struct, IReal<R>
    {
        R.SigmoidSoftplus(input, out var p, out var q, out var softplus);
        var miss = p + target * (q - p);
        var weight = target * (2 * options.alpha - 1) + (1 - options.alpha);
        return weight * R.Pow(miss, options.gamma) * (softplus - target * input);
    }
}

/// <summary>Log-cosh loss.</summary>
readonly struct LogCosh : IPointwiseFormula<LogCosh>
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static R Value<R>(in LogCosh options, R input, R target)
        where R : struct, IReal<R>
    {
        var error = input - target;
        return error + R.Softplus(error * -2.0) - Math.Log(2);
    }
}

/// <summary>Squared error.</summary>
readonly struct Squared : IPointwiseFormula<Squared>
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static R Value<R>(in Squared options, R input, R target)
        where R : struct, IReal<R>
    {
        var error = input - target;
        return error * error;
    }
}

/// <summary>Cross entropy.</summary>
readonly struct CrossEntropy : ISoftmaxFormula<CrossEntropy>
{
    /// <inheritdoc/>
    public static bool UsesMean => false;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static R Value<R>(in CrossEntropy options, R log_p, R mean_log_p)
        where R : struct, IReal<R> => -log_p;
}

/// <summary>Softmax focal loss.</summary>
readonly struct SoftmaxFocal(double gamma) : ISoftmaxFormula<SoftmaxFocal>
{
    readonly double gamma = gamma;

    /// <inheritdoc/>
    public static bool UsesMean => false;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static R Value<R>(in SoftmaxFocal options, R log_p, R mean_log_p)
        where R : struct, IReal<R> => -R.Pow(-R.Expm1(log_p), options.gamma) * log_p;
}
