namespace TorchLoss;

/// <summary>Negative cosine similarity: turns two sets of vectors into one direction, whatever their lengths.</summary>
/// <remarks>
/// <c>ℓ = −cos(x0, x1)</c> along one dimension, from −1 (same direction) to 1, without unit. Both sides get gradient: detach one
/// yourself where a stop-gradient is wanted, as in SimSiam. Shapes: x0 and x1 alike, of any number of dimensions.
/// A vector shorter than eps has similarity 0 and no gradient, where the plain form sends 1/eps into it.
/// </remarks>
[Loss(
    Family.SelfSupervised,
    Formula = @"-\frac{x_0 \cdot x_1}{\lVert x_0\rVert \, \lVert x_1\rVert}",
    Source = "Chen and He 2021, Exploring Simple Siamese Representation Learning, arXiv:2011.10566, eq. (1)",
    Aliases = "NegativeCosineSimilarityLoss",
    BuiltIn = "CosineEmbeddingLoss"
)]
public sealed partial class NegativeCosineSimilarity : LossModule2
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [new("x0", "N D *", Role.Embedding), new("x1", "N D *", Role.Embedding)];

    /// <param name="dim">The dimension that the vectors lie along; negative ones count from the end.</param>
    /// <param name="eps">Length below which a vector counts as having no direction.</param>
    /// <param name="reduction">None keeps the vectors' losses, Mean averages them, Sum adds them up.</param>
    static Tensor Compute(
        Tensor x0,
        Tensor x1,
        long dim = 1,
        [Positive] double eps = 1e-8,
        Reduction reduction = Reduction.Mean
    )
    {
        const string loss = nameof(NegativeCosineSimilarity);
        InputCheck.Floating(x0, loss);
        InputCheck.Floating(x1, loss);
        InputCheck.SameShape(x1, x0, loss);
        InputCheck.SameDevice(x1, x0, loss);
        if (dim >= x0.dim() || dim < -x0.dim())
        {
            throw new ArgumentException($"{loss}: x0 of shape {x0.Shape} has no dimension {dim}.", nameof(x0));
        }

        var a = x0.Upcast();
        return (-a.Cosine(x1.to(a.dtype), dim, eps)).Reduce(reduction);
    }
}
