namespace TorchLoss;

/// <summary>Edge-aware smoothness: inverse depth may change where the image does, and should be smooth elsewhere.</summary>
/// <remarks>
/// Per image <c>ℓ = mean |∂_x d| e^(−|∂_x I|) + mean |∂_y d| e^(−|∂_y I|)</c>, in the unit of d, ∂ being the difference of neighbours and
/// |∂I| its mean over the colours. With mean_normalize d is divided by its mean first, so that it gains nothing by shrinking.
/// Works for flow as well: d may have any number of channels.
/// </remarks>
[Loss(
    Family.Geometry,
    Formula = @"\frac{1}{N} \sum_i |\partial_x d_i| e^{-|\partial_x I_i|} + |\partial_y d_i| e^{-|\partial_y I_i|}",
    Source = "Godard, Mac Aodha and Brostow 2017, Unsupervised Monocular Depth Estimation with Left-Right Consistency, arXiv:1609.03677, eq. (3); normalised: Godard et al. 2019, arXiv:1806.01260",
    Aliases = "EdgeAwareSmoothnessLoss"
)]
public sealed partial class InverseDepthSmoothnessLoss : LossModule2
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [new("idepth", "N 1 H W", Role.Positive), new("image", "N 3 H W", Role.Image)];

    /// <param name="idepth">Inverse depth (N, 1, H, W).</param>
    /// <param name="image">The image (N, 3, H, W), or of any number of colours.</param>
    /// <param name="mean_normalize">Divides each map by its mean (+ 1e-7) first.</param>
    /// <param name="reduction">None keeps one loss per image, Mean averages them, Sum adds them up.</param>
    static Tensor Compute(
        Tensor idepth,
        Tensor image,
        bool mean_normalize = false,
        Reduction reduction = Reduction.Mean
    )
    {
        Check(idepth, image);
        var d = idepth.Upcast();
        var i = image.to(d.dtype);
        d = mean_normalize ? d / (d.mean([2, 3], keepdim: true) + 1e-7) : d;
        return (Along(d, i, 2) + Along(d, i, 3)).Reduce(reduction);
    }

    /// <summary>One loss per image; 0 along an axis on which nothing has a neighbour.</summary>
    static Tensor Along(Tensor d, Tensor image, int dimension)
    {
        var pairs = Math.Max(0, d.shape[dimension] - 1);
        if (pairs == 0 || d.numel() == 0)
        {
            return (d * 0).sum(1, 2, 3);
        }

        Tensor Steps(Tensor map) => (map.narrow(dimension, 0, pairs) - map.narrow(dimension, 1, pairs)).abs();
        var calm = (-Steps(image).mean([1], keepdim: true)).exp();
        return (Steps(d) * calm).mean([1, 2, 3]);
    }

    static void Check(Tensor idepth, Tensor image)
    {
        InputCheck.Floating(idepth, nameof(InverseDepthSmoothnessLoss));
        InputCheck.Floating(image, nameof(InverseDepthSmoothnessLoss));
        InputCheck.SameDevice(image, idepth, nameof(InverseDepthSmoothnessLoss));
        InputCheck.Dimensions(idepth, 4, "(N, 1, H, W)", nameof(InverseDepthSmoothnessLoss));
        InputCheck.Dimensions(image, 4, "(N, 3, H, W)", nameof(InverseDepthSmoothnessLoss));
        foreach (var (dimension, what) in new[] { (0, "N of idepth"), (2, "H of idepth"), (3, "W of idepth") })
        {
            InputCheck.Size(image, dimension, idepth.shape[dimension], what, nameof(InverseDepthSmoothnessLoss));
        }
    }
}
