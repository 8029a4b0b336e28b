namespace TorchLoss;

/// <summary>Energy distance: makes two sets of samples look like draws from one distribution, without a bandwidth to choose.</summary>
/// <remarks>
/// <c>ℓ = 2 mean |x − y| − mean |x − x'| − mean |y − y'|</c> with Euclidean distances, over all pairs, also of a sample with itself; in
/// units of the samples, never negative, 0 for equal sets. It is <see cref="MMDLoss"/> with the kernel −|a − b|, and its
/// gradient reaches however far. An empty set costs 0.
/// </remarks>
[Loss(
    Family.Transport,
    Formula = @"2\,\overline{|x - y|} - \overline{|x - x'|} - \overline{|y - y'|}",
    Source = "Székely and Rizzo 2013, Energy Statistics: A Class of Statistics Based on Distances, doi:10.1016/j.jspi.2013.03.018, eq. (6)"
)]
public sealed partial class EnergyDistanceLoss : SampleLoss
{
    /// <param name="x">The samples of one distribution (N, D).</param>
    /// <param name="y">The samples of the other (M, D).</param>
    /// <param name="sqrt">Takes the root, as scipy does; its gradient at 0 is taken as 0.</param>
    static Tensor Compute(Tensor x, Tensor y, bool sqrt = false)
    {
        var (a, b) = Check(nameof(EnergyDistanceLoss), x, y);
        if (Math.Min(a.shape[0], b.shape[0]) < 1)
        {
            return (a.sum() + b.sum()) * 0;
        }

        (a, b) = Centred(a, b);
        var squared = 2 * Mean(a, b) - Mean(a, a) - Mean(b, b);
        return sqrt ? squared.SafePow(0.5) : squared;
    }

    static Tensor Mean(Tensor a, Tensor b) => a.SquaredDistances(b).SafePow(0.5).mean();
}
