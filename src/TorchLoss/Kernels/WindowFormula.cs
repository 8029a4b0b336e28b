using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TorchLoss;

/// <summary>What of two windows is compared: a type, so that the loops have no branch for it.</summary>
interface IWindowComparison
{
    /// <summary>Whether brightness counts beside contrast and structure.</summary>
    static abstract bool Brightness { get; }

    /// <summary>Whether the loss is as kornia has it: (1 − SSIM)/2 from 0 to 1, with 1e-12 in the quotient.</summary>
    static abstract bool Half { get; }
}

/// <summary>1 − SSIM.</summary>
readonly struct WholeSsim : IWindowComparison
{
    /// <inheritdoc/>
    public static bool Brightness => true;

    /// <inheritdoc/>
    public static bool Half => false;
}

/// <summary>Contrast and structure alone, for the finer scales of MS-SSIM: 1 − cs.</summary>
readonly struct ContrastOnly : IWindowComparison
{
    /// <inheritdoc/>
    public static bool Brightness => false;

    /// <inheritdoc/>
    public static bool Half => false;
}

/// <summary>(1 − SSIM)/2 as kornia has it.</summary>
readonly struct HalfSsim : IWindowComparison
{
    /// <inheritdoc/>
    public static bool Brightness => true;

    /// <inheritdoc/>
    public static bool Half => true;
}

/// <summary>How two windows differ, from weighted means over them.</summary>
/// <remarks>
/// With <c>u = (μ_x − μ_y)² / (μ_x² + μ_y² + c1)</c> and <c>v = σ²_{x−y} / (σ_x² + σ_y² + c2)</c>, 1 − SSIM is 1 − (1 − u)(1 − v). In
/// terms of the difference image nothing cancels for images that are nearly equal, equal ones cost exactly 0, and four means
/// are enough. Pixels are taken from the image's own mean, since E[x²] − E[x]² loses all digits on bright images in float32.
/// </remarks>
/// <param name="C1">Steadies the comparison of brightness.</param>
/// <param name="C2">Steadies the comparison of contrast.</param>
/// <typeparam name="C">What is compared.</typeparam>
[StructLayout(LayoutKind.Auto)]
readonly record struct WindowFormula<C>(double C1, double C2)
    where C : struct, IWindowComparison
{
    const double Eps = 1e-12;

    /// <summary>The loss of a window.</summary>
    /// <param name="x">Mean of x − centre.</param>
    /// <param name="difference">Mean of x − y − gap.</param>
    /// <param name="squares">Mean of the squares of x and y, each from its image's mean, added up.</param>
    /// <param name="squaredDifference">Mean of (x − y − gap)².</param>
    /// <param name="centre">What was taken off x.</param>
    /// <param name="gap">What was taken off x − y.</param>
    [MethodImpl(Inline)]
    public R Value<R>(R x, R difference, R squares, R squaredDifference, R centre, R gap)
        where R : struct, IReal<R>
    {
        var y = x - difference;
        var variances = R.Max(squares - x * x - y * y, 0.0) + C2;
        var v = R.Max(squaredDifference - difference * difference, 0.0) / variances;
        if (!C.Brightness)
        {
            return v;
        }

        var (left, right) = (x + centre, y + (centre - gap));
        var brightness = left * left + right * right + C1;
        var apart = difference + gap;
        var u = apart * apart / brightness;
        var loss = u + v - u * v;
        if (!C.Half)
        {
            return loss;
        }

        var divisor = brightness * variances;
        return R.Min(R.Max((loss * divisor + Eps) / (divisor + Eps) * 0.5, 0.0), 1.0);
    }

    /// <summary>The derivatives of <see cref="Value"/> by its first four numbers, all of two quotients: dual numbers would take four of each.</summary>
    [MethodImpl(Inline)]
    public void Slopes<R>(
        R x,
        R difference,
        R squares,
        R squaredDifference,
        R centre,
        R gap,
        out R byX,
        out R byDifference,
        out R bySquares,
        out R bySquaredDifference
    )
        where R : struct, IReal<R>
    {
        var y = x - difference;
        var variance = squares - x * x - y * y;
        var spread = squaredDifference - difference * difference;
        R one = 1.0;
        var variances = R.Max(variance, 0.0) + C2;
        var inverse = one / variances;
        var v = R.Max(spread, 0.0) * inverse;

        // first by the variances and by their spread, which stand still where they were raised to 0
        bySquaredDifference = inverse;
        bySquares = -v * inverse;
        byX = 0.0;
        byDifference = 0.0;
        if (C.Brightness)
        {
            var (left, right) = (x + centre, y + (centre - gap));
            var brightness = left * left + right * right + C1;
            var inverseBrightness = one / brightness;
            var apart = difference + gap;
            var u = apart * apart * inverseBrightness;
            bySquaredDifference *= 1.0 - u;
            bySquares *= 1.0 - u;
            var byApart = (1.0 - v) * inverseBrightness;
            var byBrightness = -u * byApart;
            if (C.Half)
            {
                var divisor = brightness * variances;
                var inverseDivisor = one / (divisor + Eps);
                var whole = u + v - u * v;
                var half = (whole * divisor + Eps) * inverseDivisor * 0.5;
                var byWhole = divisor * inverseDivisor * 0.5;
                var byDivisor = (whole * 0.5 - half) * inverseDivisor;
                var inside = R.Select(R.Greater(half, 0.0), R.Select(R.Greater(1.0, half), 1.0, 0.0), 0.0);
                bySquaredDifference *= byWhole * inside;
                bySquares = (bySquares * byWhole + byDivisor * brightness) * inside;
                byApart *= byWhole * inside;
                byBrightness = (byBrightness * byWhole + byDivisor * variances) * inside;
            }

            byX = (left + right) * byBrightness * 2.0;
            byDifference = (apart * byApart - right * byBrightness) * 2.0;
        }

        bySquaredDifference = R.Select(R.Greater(spread, 0.0), bySquaredDifference, 0.0);
        bySquares = R.Select(R.Greater(variance, 0.0), bySquares, 0.0);
        byX -= (x + y) * bySquares * 2.0;
        byDifference += (y * bySquares - difference * bySquaredDifference) * 2.0;
    }
}
