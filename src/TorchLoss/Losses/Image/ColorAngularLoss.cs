namespace TorchLoss;

/// <summary>Angular error of colours: compares hue and saturation and leaves brightness alone, as white balance does.</summary>
/// <remarks>
/// Per pixel the angle between two RGB vectors, <c>ℓ = atan2(‖x × y‖, x · y)</c>, in radians in [0, π], or in degrees. The arc cosine
/// of the cosine has an infinite derivative for equal colours, and its clamp none; this form is exact there, with gradient 0.
/// A black pixel costs 0.
/// </remarks>
[Loss(
    Family.Image,
    Formula = @"\operatorname{atan2}\big(\lVert x \times y\rVert,\ x \cdot y\big)",
    Source = "Finlayson and Trezzi 2004, Shades of Gray and Colour Constancy; Hordley and Finlayson 2006, Reevaluation of color constancy algorithm performance, doi:10.1364/JOSAA.23.001008",
    Aliases = "RecoveryAngularErrorLoss"
)]
public sealed partial class ColorAngularLoss : LossModule2
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [new("input", "N 3 *", Role.Image), new("target", "N 3 *", Role.Image)];

    /// <param name="input">The predicted colours (N, 3, *).</param>
    /// <param name="target">The wanted colours, the shape of input.</param>
    /// <param name="degrees">Degrees in place of radians.</param>
    /// <param name="reduction">None keeps the angles (N, *), Mean averages them, Sum adds them up.</param>
    static Tensor Compute(Tensor input, Tensor target, bool degrees = false, Reduction reduction = Reduction.Mean)
    {
        const string loss = nameof(ColorAngularLoss);
        InputCheck.Floating(input, loss);
        InputCheck.Floating(target, loss);
        InputCheck.SameShape(target, input, loss);
        InputCheck.SameDevice(target, input, loss);
        if (input.dim() < 2 || input.shape[1] != 3)
        {
            throw new ArgumentException($"{loss}: input must be (N, 3, *), got {input.Shape}.", nameof(input));
        }

        var x = input.Upcast();
        var y = target.to(x.dtype);
        var (sine, cosine) = (linalg.cross(x, y, 1).norm(1), (x * y).sum(1));

        // the derivative of atan2(0, 0) is 0/0: black pixels get an angle of 0 that is not computed
        var black = sine.eq(0).logical_and(cosine.eq(0));
        var angles = where(black, sine, sine.atan2(where(black, ones_like(cosine), cosine)));
        return (degrees ? angles * (180 / Math.PI) : angles).Reduce(reduction);
    }
}
