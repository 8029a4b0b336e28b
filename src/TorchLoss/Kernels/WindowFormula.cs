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

        const double Eps = 1e-12;
        var divisor = brightness * variances;
        return R.Min(R.Max((loss * divisor + Eps) / (divisor + Eps) * 0.5, 0.0), 1.0);
    }
}
