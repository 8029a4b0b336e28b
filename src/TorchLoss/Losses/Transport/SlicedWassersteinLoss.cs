namespace TorchLoss;

/// <summary>Sliced Wasserstein distance: two sets of points compared along many lines, on each of which transport is a sort.</summary>
/// <remarks>
/// <c>ℓ = (mean_l mean_i |⟨x, θ_l⟩_(i) − ⟨y, θ_l⟩_(i)|^p)^(1/p)</c> over directions θ, in units of the points, with root = false to the p. Directions
/// are the columns of projections, of length 1; left out, they are drawn anew at each call. Needs N log N time a direction,
/// where <see cref="SinkhornDivergenceLoss"/> needs N². No point costs 0.
/// </remarks>
[Loss(
    Family.Transport,
    Formula = @"\left( \frac{1}{L} \sum_l W_p^p(\theta_l^\top x,\ \theta_l^\top y) \right)^{1/p}",
    Source = "Rabin, Peyré, Delon and Bernot 2011; Bonneel, Rabin, Peyré and Pfister 2015, Sliced and Radon Wasserstein Barycenters of Measures, doi:10.1007/s10851-014-0506-3, section 2.2"
)]
public sealed partial class SlicedWassersteinLoss : SampleLoss
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static new IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("x", "N D", Role.Embedding),
        new("y", "N D", Role.Embedding),
        new("projections", "D L", Role.Noise) { Optional = true },
    ];

    /// <param name="x">The points of one set (N, D).</param>
    /// <param name="y">Those of the other, as many (N, D).</param>
    /// <param name="p">Power of the differences.</param>
    /// <param name="root">Takes the p-th root; its gradient at 0 is taken as 0.</param>
    /// <param name="n_projections">Number of directions that are drawn where none are given.</param>
    /// <param name="projections">Directions (D, L), one a column, of length 1.</param>
    static Tensor Compute(
        Tensor x,
        Tensor y,
        [AtLeast(1)] double p = 2,
        bool root = true,
        [AtLeast(1)] long n_projections = 50,
        [Input] Tensor? projections = null
    )
    {
        const string loss = nameof(SlicedWassersteinLoss);
        var (a, b) = Check(loss, x, y);
        InputCheck.SameShape(y, x, loss);
        var directions = Directions(projections, a, n_projections);
        if (a.numel() == 0)
        {
            return (a.sum() + b.sum()) * 0;
        }

        var mean = Wasserstein1DLoss.Losses(a.mm(directions).t(), b.mm(directions).t(), p).mean();
        return root ? mean.SafePow(1 / p) : mean;
    }

    static Tensor Directions(Tensor? projections, Tensor samples, long count)
    {
        if (projections is null)
        {
            return randn([samples.shape[1], count], dtype: samples.dtype, device: samples.device).Unit(dim: 0);
        }

        const string loss = nameof(SlicedWassersteinLoss);
        InputCheck.Floating(projections, loss);
        InputCheck.Dimensions(projections, 2, "(D, L)", loss);
        InputCheck.Size(projections, 0, samples.shape[1], "the dimensions of x", loss);
        InputCheck.SameDevice(projections, samples, loss, expectedName: "x");
        return projections.to(samples.dtype);
    }
}
