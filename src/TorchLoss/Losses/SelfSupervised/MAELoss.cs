namespace TorchLoss;

/// <summary>Masked autoencoder: paint the patches that were taken out of an image.</summary>
/// <remarks>
/// Of each patch the mean squared difference of prediction and pixels (in their units squared, or without unit where patches are
/// normalised), averaged over the masked patches only. Shapes: imgs (N, C, H, W) with sides that are multiples of the patch size
/// p, pred (N, L, p·p·C) and mask (N, L), 1 where a patch was removed; L = H/p · W/p. Patches go row by row; within one, the order is
/// row, column, channel. Without any masked patch the loss is 0.
/// </remarks>
[Loss(
    Family.SelfSupervised,
    Formula = @"\frac{\sum_l m_l \, \overline{(\hat x_l - x_l)^2}}{\sum_l m_l}",
    Source = "He, Chen, Xie, Li, Dollár and Girshick 2022, Masked Autoencoders Are Scalable Vision Learners, arXiv:2111.06377, section 3"
)]
public sealed partial class MAELoss : LossModule3
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [new("imgs", "N C H W", Role.Target), new("pred", "N L X", Role.Prediction), new("mask", "N L", Role.Mask)];

    /// <param name="patch_size">Side p of a patch, in pixels.</param>
    /// <param name="norm_pix_loss">Brings each patch to mean 0 and variance 1 first, so that texture counts, not brightness.</param>
    /// <param name="reduction">
    /// None keeps the patches' losses (N, L), 0 where a patch was visible; Sum adds them up; Mean divides by the masked ones.
    /// </param>
    static Tensor Compute(
        Tensor imgs,
        Tensor pred,
        Tensor mask,
        [AtLeast(1)] long patch_size = 16,
        bool norm_pix_loss = true,
        Reduction reduction = Reduction.Mean
    )
    {
        Check(imgs, pred, mask, patch_size);
        var x = pred.Upcast();
        var patches = Patches(imgs.to(x.dtype), patch_size);
        var wanted = norm_pix_loss ? Normalised(patches) : patches;
        return (x - wanted).square().mean([2]).Reduce(reduction, mask);
    }

    static Tensor Patches(Tensor imgs, long p)
    {
        var (n, c, rows, columns) = (imgs.shape[0], imgs.shape[1], imgs.shape[2] / p, imgs.shape[3] / p);
        return imgs.reshape(n, c, rows, p, columns, p).permute(0, 2, 4, 3, 5, 1).reshape(n, rows * columns, p * p * c);
    }

    /// <remarks>The 1e-6 is the authors': a patch of one colour becomes 0 instead of 0/0. A patch of one number has no variance.</remarks>
    static Tensor Normalised(Tensor patches)
    {
        var centred = patches - patches.mean([2], keepdim: true);
        var variance = centred.square().sum([2], keepdim: true) / Math.Max(1, patches.shape[2] - 1);
        return centred / (variance + 1e-6).sqrt();
    }

    static void Check(Tensor imgs, Tensor pred, Tensor mask, long p)
    {
        const string loss = nameof(MAELoss);
        InputCheck.Floating(pred, loss);
        InputCheck.Dimensions(imgs, 4, "(N, C, H, W)", loss);
        InputCheck.Dimensions(pred, 3, "(N, L, p·p·C)", loss);
        InputCheck.Dimensions(mask, 2, "(N, L)", loss);
        InputCheck.SameDevice(imgs, pred, loss);
        InputCheck.SameDevice(mask, pred, loss);
        if (imgs.shape[2] % p != 0 || imgs.shape[3] % p != 0)
        {
            throw new ArgumentException(
                $"{loss}: height and width of imgs must be multiples of patch_size {p}, got {imgs.Shape}.",
                nameof(imgs)
            );
        }

        var patches = imgs.shape[2] / p * (imgs.shape[3] / p);
        InputCheck.Size(pred, 0, imgs.shape[0], "the images", loss);
        InputCheck.Size(pred, 1, patches, "the patches of an image", loss);
        InputCheck.Size(pred, 2, p * p * imgs.shape[1], "the numbers of a patch", loss);
        InputCheck.Size(mask, 0, imgs.shape[0], "the images", loss);
        InputCheck.Size(mask, 1, patches, "the patches of an image", loss);
    }
}
