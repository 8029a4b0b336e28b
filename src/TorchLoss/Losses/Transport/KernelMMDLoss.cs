namespace TorchLoss;

/// <summary>The kernel of a <see cref="KernelMMDLoss"/>.</summary>
public enum SampleKernel
{
    /// <summary>e^(−d² / (2 blur²)).</summary>
    Gaussian,

    /// <summary>e^(−d / blur).</summary>
    Laplacian,

    /// <summary>−d: no scale at all.</summary>
    Energy,
}

/// <summary>Kernel distance of two weighted sets of samples.</summary>
/// <remarks>
/// <c>ℓ = ½ aᵀK_xx a + ½ bᵀK_yy b − aᵀK_xy b</c>, without unit (energy: that of the samples), the pairs of a sample with itself included;
/// half of the squared MMD, as in geomloss. Weights a and b are scaled to the sum 1; without them all samples of a set count
/// the same. An empty set costs 0.
/// </remarks>
[Loss(
    Family.Transport,
    Formula = @"\tfrac{1}{2} a^\top K_{xx} a + \tfrac{1}{2} b^\top K_{yy} b - a^\top K_{xy} b",
    Source = "Gretton et al. 2012, A Kernel Two-Sample Test, JMLR 13; Feydy et al. 2019, arXiv:1810.08278, eq. (4); geomloss SamplesLoss"
)]
public sealed partial class KernelMMDLoss : SampleLoss
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static new IReadOnlyList<InputInfo> Inputs { get; } =
    [
        .. SampleLoss.Inputs,
        new("a", "N", Role.Weight) { Optional = true },
        new("b", "M", Role.Weight) { Optional = true },
    ];

    /// <param name="x">The samples of one distribution (N, D).</param>
    /// <param name="y">The samples of the other (M, D).</param>
    /// <param name="kernel">The kernel.</param>
    /// <param name="blur">Its width, in units of distance; energy has none.</param>
    /// <param name="a">Weights of x (N); null weighs all 1/N.</param>
    /// <param name="b">Weights of y (M); null weighs all 1/M.</param>
    static Tensor Compute(
        Tensor x,
        Tensor y,
        SampleKernel kernel = SampleKernel.Gaussian,
        [Positive] double blur = 0.05,
        [Input] Tensor? a = null,
        [Input] Tensor? b = null
    )
    {
        var (p, q) = Check(nameof(KernelMMDLoss), x, y);
        var (wp, wq) = (Weights(nameof(KernelMMDLoss), a, p), Weights(nameof(KernelMMDLoss), b, q));
        if (Math.Min(p.shape[0], q.shape[0]) < 1)
        {
            return (p.sum() + q.sum()) * 0;
        }

        (p, q) = Centred(p, q);
        return (Form(p, wp, p, wp) + Form(q, wq, q, wq)) * 0.5 - Form(p, wp, q, wq);

        Tensor Form(Tensor u, Tensor wu, Tensor v, Tensor wv) =>
            (Kernel(u.SquaredDistances(v), kernel, blur) * wu.unsqueeze(1) * wv).sum();
    }

    static Tensor Kernel(Tensor squared, SampleKernel kernel, double blur) =>
        kernel switch
        {
            SampleKernel.Gaussian => (squared * (-0.5 / (blur * blur))).exp(),
            SampleKernel.Laplacian => (squared.SafePow(0.5) / -blur).exp(),
            _ => -squared.SafePow(0.5),
        };
}
