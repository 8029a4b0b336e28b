namespace TorchLoss;

/// <summary>Noise-to-signal ratio: the variance of the difference over the variance of the query. Not symmetric.</summary>
/// <remarks>
/// <c>(var(q − r) / var(q)) ^ power</c>, variances over the features. Computed as the squared distance of the centred vectors,
/// without a tensor of all differences. A query whose features are all equal has no signal to compare with: the
/// ratio would be infinite, and its distances count as 0 without gradient.
/// </remarks>
/// <param name="normalize_embeddings">Scale each vector to p-norm 1 first.</param>
/// <param name="p">The norm of that scaling.</param>
/// <param name="power">The power that the ratio is raised to.</param>
[Part(
    Source = "Yuan, Deng, Tang, Tang and Chen 2019, Signal-to-Noise Ratio: A Robust Distance Metric, arXiv:1904.02616"
)]
public sealed partial class SNRDistance(
    bool normalize_embeddings = true,
    [AtLeast(1)] double p = 2,
    [Positive] double power = 1
) : Distance
{
    readonly double p = p_range.Check(p, nameof(SNRDistance), nameof(p));

    readonly double power = power_range.Check(power, nameof(SNRDistance), nameof(power));

    /// <inheritdoc/>
    protected override Tensor Prepare(Tensor embeddings) => normalize_embeddings ? embeddings.Unit(p) : embeddings;

    /// <inheritdoc/>
    protected override Tensor Compare(Tensor query, Tensor reference)
    {
        var centred = Centred(query);
        var noise = centred.SquaredDistances(Centred(reference));
        var signal = centred.square().sum(1, keepdim: true);

        // rounding leaves about an epsilon of a constant vector's length after centring
        var rounding = 16 * query.Epsilon;
        var flat = signal.le(query.square().sum(1, keepdim: true) * (rounding * rounding));
        var ratio = where(flat, noise * 0, noise / where(flat, ones_like(signal), signal));
        return ratio.SafePow(power);
    }

    static Tensor Centred(Tensor x) => x - x.mean([1], keepdim: true);
}
