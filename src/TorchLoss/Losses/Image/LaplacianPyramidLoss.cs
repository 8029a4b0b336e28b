namespace TorchLoss;

/// <summary>Laplacian pyramid loss: compares the detail of two images at every scale.</summary>
/// <remarks>
/// <c>ℓ = Σ_j mean |L_j(x − y)|</c>, in the pixels' units, with L_j the detail at level j: the difference of an image from its smoothed (1, 4, 6, 4, 1),
/// halved and enlarged copy, mirrored at the edges. All levels weigh the same (Bojanowski et al. weigh level j by 2^(2j)) and what is
/// left after the last one does not count, as in RIFE: a constant offset costs nothing. The pyramid is linear: it is built once,
/// of the difference. Height and width must be even and at least 3 at each level.
/// </remarks>
[Loss(
    Family.Image,
    Formula = @"\sum_j \mathrm{mean}\, \lvert L_j(x) - L_j(y)\rvert",
    Source = "Bojanowski, Joulin, Lopez-Paz and Szlam 2018, Optimizing the Latent Space of Generative Networks, arXiv:1707.05776, section 3.2; Niklaus and Liu 2018, arXiv:1803.10967",
    Aliases = "LapLoss"
)]
public sealed partial class LaplacianPyramidLoss : ImageLoss
{
    static readonly double[] Smoothing = [1 / 16.0, 4 / 16.0, 6 / 16.0, 4 / 16.0, 1 / 16.0];

    /// <param name="max_levels">Number of levels.</param>
    /// <param name="reduction">None keeps one loss per image, Mean averages them, Sum adds them up.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        [Between(1, 30)] long max_levels = 5,
        Reduction reduction = Reduction.Mean
    )
    {
        var (x, y) = Check(nameof(LaplacianPyramidLoss), input, target, spatial_dims: 2, least: 3, "two are mirrored");
        CheckSides(x, max_levels);
        var rest = x - y;
        var losses = rest.flatten(1).sum(1) * 0;
        for (var level = 0; level < max_levels && x.numel() > 0; level++)
        {
            (rest, var detail) = Pyramids.Level(rest, Smoothing, PaddingModes.Reflect);
            losses += detail.abs().flatten(1).mean([1]);
        }

        return losses.Reduce(reduction);
    }

    static void CheckSides(Tensor x, long levels)
    {
        var (h, w) = (x.shape[2], x.shape[3]);
        for (var level = 0; level < levels; level++, h /= 2, w /= 2)
        {
            if (h % 2 != 0 || w % 2 != 0 || h < 3 || w < 3)
            {
                throw new ArgumentException(
                    $"{nameof(LaplacianPyramidLoss)}: height and width of input must be even and at least 3 at each of {levels} levels, "
                        + $"got {x.Shape}, at level {level} {h} x {w}.",
                    "input"
                );
            }
        }
    }
}
