namespace TorchLoss;

/// <summary>Cosine distance: only the direction of a vector counts, not its length.</summary>
/// <remarks>
/// Per vector <c>ℓ = 1 − x·y / (max(|x|, ε) max(|y|, ε))</c> over one dimension, in [0, 2]; Keras gives the same less 1. Shapes:
/// (*, D, *) → (*, *). A zero vector has no direction: its loss is 1, without gradient.
/// Computed as half the squared distance of the unit vectors: 1 − cos has no digits left where they almost coincide.
/// </remarks>
[Loss(
    Family.Regression,
    Formula = @"1 - \frac{x \cdot y}{\max(\lVert x \rVert, \varepsilon) \max(\lVert y \rVert, \varepsilon)}",
    Source = "PyTorch torch.nn.CosineSimilarity; Keras CosineSimilarity; optax.cosine_distance",
    Aliases = "CosineDistanceLoss"
)]
public sealed partial class CosineSimilarityLoss : PointwiseLoss
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static new IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("input", "N D", Role.Embedding),
        new("target", "N D", Role.Embedding),
        new("sample_weight", "N", Role.Weight) { Optional = true },
    ];

    /// <param name="dim">The dimension of the vectors.</param>
    /// <param name="eps">Shortest length ε that a vector is divided by.</param>
    /// <param name="sample_weight">Weight of each vector, broadcast to the losses. Mean divides by the sum of the weights.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        long dim = -1,
        [Positive] double eps = 1e-8,
        [Input] Tensor? sample_weight = null,
        Reduction reduction = Reduction.Mean
    )
    {
        const string loss = nameof(CosineSimilarityLoss);
        InputCheck.Floating(input, loss);
        InputCheck.Like(target, input, loss);
        InputCheck.Dimension(input, dim, loss, nameof(dim));
        var (u, short_u) = Unit(input.Upcast(), dim, eps);
        var (v, short_v) = Unit(target.Upcast(), dim, eps);
        var losses = where(
            short_u.logical_or(short_v),
            1 - (u * v).sum(dim: dim),
            (u - v).square().sum(dim: dim) * 0.5
        );
        InputCheck.BroadcastsTo(sample_weight, losses, loss);
        return losses.Reduce(reduction, sample_weight);
    }

    /// <summary>Vectors over their length, or over ε where they are shorter, and whether they are.</summary>
    /// <remarks>Scaled by the largest entry first: a square overflows where the vector itself does not.</remarks>
    static (Tensor Unit, Tensor Short) Unit(Tensor x, long dim, double eps)
    {
        if (x.numel() == 0)
        {
            return (x, x.sum(dim: dim).lt(0));
        }

        var largest = x.detach().abs().amax([dim], keepdim: true).clamp_min(eps);
        var scaled = x / largest;
        var norm = scaled.square().sum(dim, keepdim: true).SafePow(0.5);
        var tooShort = (norm * largest).detach().lt(eps);
        var divisor = where(tooShort, eps / largest, norm);
        return (scaled / divisor, tooShort.squeeze(dim));
    }
}
