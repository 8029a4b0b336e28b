namespace TorchLoss;

/// <summary>Sinkhorn divergence: optimal transport between two sets of points, smoothed, and 0 where the sets are equal.</summary>
/// <remarks>
/// <c>ℓ = OT(x, y) − ½ OT(x, x) − ½ OT(y, y)</c> with the entropic transport OT at cost |x − y|^p / p and ε = blur^p, its value
/// ⟨a, f⟩ + ⟨b, g⟩ in the potentials, as in geomloss. Between blur → 0, Wasserstein's distance, and blur → ∞, a kernel distance. Without debias it
/// is OT(x, y) alone, whose minimum shrinks x and which may be negative.
/// Iterated until nothing moves, at most max_iter times; the gradient is that of the solution, by the envelope theorem,
/// of first order only. Needs N × M matrices. Weights must be above 0 and are scaled to the sum 1. An empty set costs 0.
/// </remarks>
[Loss(
    Family.Transport,
    Formula = @"\mathrm{OT}_{\varepsilon}(x, y) - \tfrac{1}{2} \mathrm{OT}_{\varepsilon}(x, x) - \tfrac{1}{2} \mathrm{OT}_{\varepsilon}(y, y)",
    Source = "Feydy, Séjourné, Vialard, Amari, Trouvé and Peyré 2019, Interpolating between Optimal Transport and MMD using Sinkhorn Divergences, arXiv:1810.08278, eq. (3) and (8)",
    Aliases = "SinkhornLoss"
)]
public sealed partial class SinkhornDivergenceLoss : SampleLoss
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static new IReadOnlyList<InputInfo> Inputs { get; } = KernelMMDLoss.Inputs;

    /// <param name="x">The points of one set (N, D).</param>
    /// <param name="y">Those of the other (M, D).</param>
    /// <param name="p">Power of the cost: 1 or 2.</param>
    /// <param name="blur">Length below which points are not told apart, in units of distance.</param>
    /// <param name="debias">Takes off what each set costs against itself.</param>
    /// <param name="max_iter">Most iterations.</param>
    /// <param name="a">Weights of x (N); null weighs all the same.</param>
    /// <param name="b">Weights of y (M); null weighs all the same.</param>
    static Tensor Compute(
        Tensor x,
        Tensor y,
        [Between(1, 2)] double p = 2,
        [Positive] double blur = 0.05,
        bool debias = true,
        [AtLeast(1)] long max_iter = 10000,
        [Input] Tensor? a = null,
        [Input] Tensor? b = null
    )
    {
        const string loss = nameof(SinkhornDivergenceLoss);
        var (u, v) = Check(loss, x, y);
        var (wu, wv) = (LogWeights(loss, a, u), LogWeights(loss, b, v));
        if (Math.Min(u.shape[0], v.shape[0]) < 1)
        {
            return (u.sum() + v.sum()) * 0;
        }

        (u, v) = Centred(u, v);
        var between = Transport(u, wu, v, wv, itself: false);
        var within = () => Transport(u, wu, u, wu, itself: true) + Transport(v, wv, v, wv, itself: true);
        return debias ? between - within() * 0.5 : between;

        Tensor Transport(Tensor s, Tensor ws, Tensor t, Tensor wt, bool itself)
        {
            var problem = new Sinkhorn(s.SquaredDistances(t).SafePow(p / 2) / p, ws, wt, Math.Pow(blur, p));
            return problem.Value(problem.Solve(max_iter, itself));
        }
    }

    /// <summary>Logarithms of weights that add up to 1.</summary>
    internal static Tensor LogWeights(
        string loss,
        Tensor? weights,
        Tensor samples,
        [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(weights))] string name = ""
    )
    {
        if (weights is not null)
        {
            InputCheck.Above(weights, 0, loss, name: name);
        }

        return log_softmax(Weights(loss, weights, samples, name).log(), 0);
    }
}
