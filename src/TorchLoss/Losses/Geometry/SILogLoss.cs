namespace TorchLoss;

/// <summary>Scale-invariant log loss of depth: compares ratios of depths, and forgives part of an error that all positions share.</summary>
/// <remarks>
/// With <c>g = ln(input + ε) − ln(target + ε)</c> over the positions of the batch that count,
/// <c>ℓ = scale · √(var g + (1 − λ) (mean g)²)</c> (nats), or without the root: Eigen's mean g² − λ (mean g)². λ = 1 forgives any
/// common factor. Eigen: λ ½, no root; BTS: λ 0.85, scale 10; AdaBins and ZoeDepth: that with the unbiased variance. The variance
/// is taken about the mean; as a difference of mean squares it loses its digits, and the root may be of a negative number. Where
/// it is 0, so is the root's gradient, which would be infinite. Depths below 1e-30 count as that, so that a depth of 0 is finite.
/// Nothing that counts gives 0.
/// </remarks>
[Loss(
    Family.Geometry,
    Formula = @"s \sqrt{\frac{1}{n} \sum_i g_i^2 - \frac{\lambda}{n^2} \Big(\sum_i g_i\Big)^2}, \quad g_i = \ln x_i - \ln t_i",
    Source = "Eigen, Puhrsch and Fergus 2014, Depth Map Prediction from a Single Image, arXiv:1406.2283, eq. (4); Lee, Han, Ko and Suh 2019, BTS, arXiv:1907.10326, eq. (8)",
    Function = "silog_loss",
    Aliases = "ScaleInvariantLogLoss"
)]
public sealed partial class SILogLoss : LossModule2
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("input", "N *", Role.Positive),
        new("target", "N *", Role.Positive),
        new("mask", "N *", Role.Mask) { Optional = true },
    ];

    /// <param name="input">Depths, positive, any shape.</param>
    /// <param name="target">True depths, the shape of input.</param>
    /// <param name="lambd">Share λ of the common error that is forgiven.</param>
    /// <param name="scale">Factor of the loss.</param>
    /// <param name="sqrt">Takes the root.</param>
    /// <param name="unbiased">The variance divides by n − 1 instead of n.</param>
    /// <param name="eps">Added to both depths, in their unit.</param>
    /// <param name="mask">Which positions count, broadcast to input; numbers weigh them.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        [Between(0, 1)] double lambd = 0.5,
        [Positive] double scale = 1.0,
        bool sqrt = true,
        bool unbiased = false,
        [AtLeast(0)] double eps = 0.0,
        [Input] Tensor? mask = null
    )
    {
        InputCheck.Floating(input, nameof(SILogLoss));
        InputCheck.SameShape(target, input, nameof(SILogLoss));
        InputCheck.SameDevice(target, input, nameof(SILogLoss));
        InputCheck.BroadcastsTo(mask, input, nameof(SILogLoss));
        var depth = input.Upcast();
        var w = mask is null ? ones_like(depth) : mask.to(depth.dtype).expand_as(depth);
        var g = Log(depth, w, eps) - Log(target.to(depth.dtype), w, eps);
        var n = w.sum();
        var mean = (w * g).sum().SafeDivide(n);
        var degrees = (unbiased ? n - 1 : n).clamp_min(0);
        var variance = (w * (g - mean).square()).sum().SafeDivide(degrees);
        var square = variance + (1 - lambd) * mean.square();
        return scale * (sqrt ? square.SafePow(0.5) : square);
    }

    /// <summary>ln(x + ε); 0 where a position does not count, for it may hold 0 or NaN.</summary>
    static Tensor Log(Tensor x, Tensor weight, double eps)
    {
        var counted = where(weight.ne(0), x, ones_like(x) - eps);
        return (counted + eps).clamp_min(1e-30).log();
    }
}
