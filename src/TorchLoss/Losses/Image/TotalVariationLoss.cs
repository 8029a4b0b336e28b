namespace TorchLoss;

/// <summary>Total variation: the sum of all steps between neighbouring pixels, so that noise goes and edges stay.</summary>
/// <remarks>
/// With d the differences of vertical and of horizontal neighbours, per image: <c>ℓ = Σ|d|</c> (l1), <c>Σd²</c> (l2_squared) or
/// <c>√Σd²</c> (l2: one root of the whole image's sum, not one a pixel), in the pixels' units or their squares. The sum runs over
/// channels, rows and columns, as in piq; mean is over images, not over pixels. per_channel is kornia's: one value for each channel of each
/// image (*, H, W) gives (*), and no reduction follows. spatial_reduction mean takes the mean of the vertical and the mean of
/// the horizontal differences in place of their sums, so that the size of the image does not count.
/// A constant image has gradient 0, also under the root.
/// </remarks>
[Loss(
    Family.Image,
    Formula = @"\sum_{i,j} \lvert x_{i+1,j} - x_{i,j}\rvert + \lvert x_{i,j+1} - x_{i,j}\rvert",
    Source = "Rudin, Osher and Fatemi 1992, Nonlinear total variation based noise removal algorithms, Physica D 60, doi:10.1016/0167-2789(92)90242-F",
    Aliases = "TVLoss"
)]
public sealed partial class TotalVariationLoss : LossModule1
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } = [new("input", "N C H W", Role.Image)];

    /// <param name="input">The images (N, C, H, W), or (*, H, W) per channel.</param>
    /// <param name="norm_type">What becomes of a step.</param>
    /// <param name="reduction">None keeps one loss per image, Mean averages them, Sum adds them up; per channel it does nothing.</param>
    /// <param name="per_channel">Keeps one value per channel.</param>
    /// <param name="spatial_reduction">Whether the steps of an image are added up or averaged.</param>
    static Tensor Compute(
        Tensor input,
        VariationNorm norm_type = VariationNorm.L1,
        Reduction reduction = Reduction.Mean,
        bool per_channel = false,
        SpatialReduction spatial_reduction = SpatialReduction.Sum
    )
    {
        const string loss = nameof(TotalVariationLoss);
        InputCheck.Floating(input, loss);
        if (per_channel ? input.dim() < 2 : input.dim() != 4)
        {
            throw new ArgumentException(
                $"{loss}: input must be {(per_channel ? "(*, H, W)" : "(N, C, H, W)")}, got {input.Shape}.",
                nameof(input)
            );
        }

        var x = input.Upcast();
        var space = per_channel ? new long[] { -2, -1 } : [1, 2, 3];
        Tensor Steps(long axis)
        {
            var steps = x.diff(dim: axis);
            var sizes = norm_type is VariationNorm.L1 ? steps.abs() : steps.square();

            // an image of one row has no steps between rows: they add up to 0, but their mean is NaN
            return spatial_reduction is SpatialReduction.Sum || steps.numel() == 0
                ? sizes.sum(space)
                : sizes.mean(space);
        }

        var variation = Steps(-2) + Steps(-1);
        var losses = norm_type is VariationNorm.L2 ? Root(variation) : variation;
        return per_channel ? losses : losses.Reduce(reduction);
    }

    /// <remarks>The root of 0 has an infinite derivative, and 0 times that is NaN: it is taken of 1 there and thrown away.</remarks>
    static Tensor Root(Tensor sum)
    {
        var flat = sum.eq(0);
        return where(flat, sum, where(flat, ones_like(sum), sum).sqrt());
    }
}

/// <summary>What becomes of the steps between neighbouring pixels.</summary>
public enum VariationNorm
{
    /// <summary>The sum of their absolute values.</summary>
    L1,

    /// <summary>The root of the sum of their squares.</summary>
    L2,

    /// <summary>The sum of their squares.</summary>
    L2Squared,
}

/// <summary>How the values of one image become one.</summary>
public enum SpatialReduction
{
    /// <summary>Added up.</summary>
    Sum,

    /// <summary>Averaged.</summary>
    Mean,
}
