namespace TorchLoss;

/// <summary>Dice loss: rewards overlap with the wanted region instead of counting right pixels, so that small regions matter.</summary>
/// <remarks>
/// Per sample and channel <c>ℓ = 1 − (2 I + s_n) / (P + T + s_d)</c>, without unit, with <c>I = Σ p·t</c>, <c>P = Σ p</c> and
/// <c>T = Σ t</c> over space. With jaccard the divisor is <c>2 (P + T − I) + s_d</c>. This is MONAI's dialect: a class that is
/// absent costs nearly 1 as soon as any probability is spent on it, class weights do not divide the mean, and reduction none
/// gives (N, C, 1, ...), or (C, 1, ...) with batch. Large smoothing hides small objects: with 1 a missed object of 4 pixels
/// costs 0.8 instead of 1.
/// Written as (divisor − dividend) / divisor, so that 0 / 0 without smoothing is a loss of 0 and no NaN.
/// </remarks>
[Loss(
    Family.Segmentation,
    Formula = @"1 - \frac{2 \sum_i p_i t_i + s_n}{\sum_i p_i + \sum_i t_i + s_d}",
    Source = "Milletari, Navab and Ahmadi 2016, V-Net, arXiv:1606.04797; soft labels: Wang et al. 2023, Dice Semimetric Losses, arXiv:2303.16296",
    Aliases = "SoftDiceLoss"
)]
public sealed partial class DiceLoss : RegionLoss
{
    /// <param name="squared_pred">Measures the sizes P and T by squares, as V-Net does: milder on unsure predictions.</param>
    /// <param name="jaccard">Measures intersection over union instead of Dice.</param>
    /// <param name="smooth_nr">Smoothing s_n of the dividend: above 0, an empty prediction of an empty region costs nothing.</param>
    /// <param name="smooth_dr">Smoothing s_d of the divisor: keeps the gradient of tiny regions in bounds.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        bool include_background = true,
        bool to_onehot_y = false,
        bool sigmoid = false,
        bool softmax = false,
        bool squared_pred = false,
        bool jaccard = false,
        Reduction reduction = Reduction.Mean,
        [AtLeast(0)] double smooth_nr = 1e-5,
        [AtLeast(0)] double smooth_dr = 1e-5,
        bool batch = false,
        Tensor? weight = null,
        bool soft_label = false,
        [Input] Tensor? mask = null
    )
    {
        var region = Measure(
            nameof(DiceLoss),
            input,
            target,
            mask,
            include_background,
            to_onehot_y,
            sigmoid,
            softmax,
            batch,
            soft_label,
            squared_pred
        );
        var losses = Losses(region, jaccard, smooth_nr, smooth_dr);
        var value = Weigh(nameof(DiceLoss), losses, weight, reduction);
        return reduction is Reduction.None ? Widen(value, input) : value;
    }

    /// <summary>One loss per region.</summary>
    internal static Tensor Losses(Overlap region, bool jaccard, double smooth_nr, double smooth_dr)
    {
        var size = region.Predicted + region.Wanted;
        var divisor = (jaccard ? 2 * (size - region.Both) : size) + smooth_dr;
        var dividend = 2 * region.Both + smooth_nr;
        return (divisor - dividend).SafeDivide(divisor);
    }
}
