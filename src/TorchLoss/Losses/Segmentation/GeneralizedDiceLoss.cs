namespace TorchLoss;

/// <summary>How much a class weighs in <see cref="GeneralizedDiceLoss"/>, by the size T of its region.</summary>
public enum VolumeWeight
{
    /// <summary>1 / T²: small regions count far more.</summary>
    Square,

    /// <summary>1 / T: small regions count as much as large ones.</summary>
    Simple,

    /// <summary>1: each position counts the same.</summary>
    Uniform,
}

/// <summary>Generalised Dice loss: one Dice score over all classes, in which small regions weigh more, so that none is neglected.</summary>
/// <remarks>
/// Per sample <c>ℓ = 1 − (2 Σ_c w_c I_c + s_n) / (Σ_c w_c (P_c + T_c) + s_d)</c>, without unit, with <c>I = Σ p·t</c>,
/// <c>P = Σ p</c> and <c>T = Σ t</c> over space. A class that is absent takes the largest weight of the others (of its sample, or
/// of the batch with batch), and none where all are. Weights have no gradient. Reduction none gives (N, 1, 1, ...), or (1, 1, ...)
/// with batch.
/// </remarks>
[Loss(
    Family.Segmentation,
    Formula = @"1 - \frac{2 \sum_c w_c I_c + s_n}{\sum_c w_c (P_c + T_c) + s_d}, \quad w_c = \frac{1}{T_c^2}",
    Source = "Sudre, Li, Vercauteren, Ourselin and Cardoso 2017, Generalised Dice overlap, arXiv:1707.03237, section 2"
)]
public sealed partial class GeneralizedDiceLoss : RegionLoss
{
    /// <param name="w_type">How much a class weighs.</param>
    /// <param name="smooth_nr">Smoothing s_n of the dividend: above 0, an empty prediction of an empty region costs nothing.</param>
    /// <param name="smooth_dr">Smoothing s_d of the divisor: keeps the gradient of tiny regions in bounds.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        bool include_background = true,
        bool to_onehot_y = false,
        bool sigmoid = false,
        bool softmax = false,
        VolumeWeight w_type = VolumeWeight.Square,
        Reduction reduction = Reduction.Mean,
        [AtLeast(0)] double smooth_nr = 1e-5,
        [AtLeast(0)] double smooth_dr = 1e-5,
        bool batch = false,
        bool soft_label = false,
        [Input] Tensor? mask = null
    )
    {
        var region = Measure(
            nameof(GeneralizedDiceLoss),
            input,
            target,
            mask,
            include_background,
            to_onehot_y,
            sigmoid,
            softmax,
            batch,
            soft_label
        );
        var weights = Weights(region.Wanted.detach(), w_type);
        var mistakes = region.FalsePositives + region.FalseNegatives;
        var divisor = (weights * (region.Predicted + region.Wanted)).sum(-1, keepdim: true) + smooth_dr;
        var missing = (weights * mistakes).sum(-1, keepdim: true) + (smooth_dr - smooth_nr);
        var losses = missing.SafeDivide(divisor).Reduce(reduction);
        return reduction is Reduction.None ? Widen(losses, input) : losses;
    }

    /// <summary>Weights (N, C) or (C); the infinite one of an absent class becomes the largest of the others.</summary>
    static Tensor Weights(Tensor sizes, VolumeWeight kind)
    {
        if (kind is VolumeWeight.Uniform)
        {
            return ones_like(sizes);
        }

        var finite = (kind is VolumeWeight.Square ? sizes.square() : sizes).reciprocal();
        var isAbsent = finite.isinf();
        finite = where(isAbsent, zeros_like(finite), finite);
        return where(isAbsent, finite.amax([-1], keepdim: true), finite);
    }
}
