namespace TorchLoss;

/// <summary>Sinkhorn distance: what the entropic optimal transport between two sets of points costs.</summary>
/// <remarks>
/// <c>ℓ = ⟨P, C⟩</c> with C the squared Euclidean distance (p = 2, without ½) or the distance (p = 1), and P the plan that minimises
/// <c>⟨P, C⟩ + reg Σ P log P</c>, as ot.sinkhorn2 of POT. P is a constant for the gradient, so that each point is drawn to where its mass
/// goes; autograd through the iterations would add how the plan changes. Not 0 for equal sets: see
/// <see cref="SinkhornDivergenceLoss"/>. Iterated until nothing moves, at most max_iter times. Weights must be above 0 and are scaled to the sum 1. An empty
/// set costs 0.
/// </remarks>
[Loss(
    Family.Transport,
    Formula = @"\langle P, C \rangle, \quad P = \arg\min_P \langle P, C \rangle + \lambda \sum_{ij} P_{ij} \log P_{ij}",
    Source = "Cuturi 2013, Sinkhorn Distances: Lightspeed Computation of Optimal Transport, arXiv:1306.0895, eq. (2)"
)]
public sealed partial class SinkhornDistanceLoss : SampleLoss
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static new IReadOnlyList<InputInfo> Inputs { get; } = KernelMMDLoss.Inputs;

    /// <param name="x">The points of one set (N, D).</param>
    /// <param name="y">Those of the other (M, D).</param>
    /// <param name="p">Power of the distances: 1 or 2.</param>
    /// <param name="reg">Strength of the entropy, in units of the cost.</param>
    /// <param name="max_iter">Most iterations.</param>
    /// <param name="a">Weights of x (N); null weighs all the same.</param>
    /// <param name="b">Weights of y (M); null weighs all the same.</param>
    static Tensor Compute(
        Tensor x,
        Tensor y,
        [Between(1, 2)] double p = 2,
        [Positive] double reg = 0.1,
        [AtLeast(1)] long max_iter = 10000,
        [Input] Tensor? a = null,
        [Input] Tensor? b = null
    )
    {
        const string loss = nameof(SinkhornDistanceLoss);
        var (u, v) = Check(loss, x, y);
        var wu = SinkhornDivergenceLoss.LogWeights(loss, a, u);
        var wv = SinkhornDivergenceLoss.LogWeights(loss, b, v);
        if (Math.Min(u.shape[0], v.shape[0]) < 1)
        {
            return (u.sum() + v.sum()) * 0;
        }

        (u, v) = Centred(u, v);
        var cost = u.SquaredDistances(v).SafePow(p / 2);
        var problem = new Sinkhorn(cost.detach(), wu, wv, reg);
        return (problem.Plan(problem.Solve(max_iter)).detach() * cost).sum();
    }
}
