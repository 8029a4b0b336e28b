namespace TorchLoss;

/// <summary>Vector quantisation: codes move to the encoder's outputs, and the encoder commits to its codes.</summary>
/// <remarks>
/// With e the nearest row of the codebook, per element <c>ℓ = w_cb (e − sg z)² + w_cm (z − sg e)²</c>, in the encoder's units squared;
/// sg stops the gradient, so the first term moves codes only and the second the encoder only. Shapes: z_e (N, D), codebook (K, D).
/// Codes that are nearest to nothing get no gradient. Set codebook_weight to 0 where a moving average keeps the codebook.
/// What the decoder is given, <see cref="Quantize"/> makes.
/// </remarks>
[Loss(
    Family.Generative,
    Formula = @"w_{cb} \lVert \mathrm{sg}\, z - e \rVert^2 + w_{cm} \lVert z - \mathrm{sg}\, e \rVert^2",
    Source = "van den Oord, Vinyals and Kavukcuoglu 2017, Neural Discrete Representation Learning, arXiv:1711.00937, eq. (3)"
)]
public sealed partial class VQVAELoss : LossModule1
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } = [new("z_e", "N D", Role.Embedding)];

    /// <param name="codebook">The codes, (K, D).</param>
    /// <param name="codebook_weight">Weight w_cb of the codes' way to the encoder's outputs.</param>
    /// <param name="commitment_weight">Weight w_cm of the encoder's way to its codes.</param>
    /// <param name="reduction">None keeps the elements' losses (N, D), Mean averages them, Sum adds them up.</param>
    static Tensor Compute(
        Tensor z_e,
        [Learned("num_embeddings embedding_size")] Tensor codebook,
        [AtLeast(0)] double codebook_weight = 1.0,
        [AtLeast(0)] double commitment_weight = 0.25,
        Reduction reduction = Reduction.Mean
    )
    {
        Check(z_e, codebook);
        var z = z_e.Upcast();
        var codes = codebook.to(z.dtype);
        var e = codes.index_select(0, Nearest(z, codes));
        var losses = (e - z.detach()).square() * codebook_weight + (z - e.detach()).square() * commitment_weight;
        return losses.Reduce(reduction);
    }

    /// <summary>The nearest codes, in place of the encoder's outputs; their gradient goes straight on to the encoder.</summary>
    /// <param name="z_e">The encoder's outputs (N, D).</param>
    /// <param name="codebook">The codes (K, D).</param>
    /// <returns>The codes (N, D) in the dtype of z_e, and their indices (N).</returns>
    public static (Tensor Codes, Tensor Indices) Quantize(Tensor z_e, Tensor codebook)
    {
        InputCheck.Live(z_e, nameof(VQVAELoss), nameof(z_e));
        InputCheck.Live(codebook, nameof(VQVAELoss), nameof(codebook));
        Check(z_e, codebook);
        using var scope = NewDisposeScope();
        var codes = codebook.detach().to(z_e.dtype);
        var indices = Nearest(z_e.Upcast(), codes.Upcast());
        var straight = z_e + (codes.index_select(0, indices) - z_e).detach();
        return (straight.MoveToOuterDisposeScope(), indices.MoveToOuterDisposeScope());
    }

    static Tensor Nearest(Tensor z, Tensor codes)
    {
        using var _ = no_grad();
        return z.Differences(codes, 2).argmin(1);
    }

    static void Check(Tensor z_e, Tensor codebook)
    {
        const string loss = nameof(VQVAELoss);
        EmbeddingCheck.Rows(z_e, loss);
        EmbeddingCheck.Fits(codebook, z_e, loss);
        if (codebook.shape[0] == 0)
        {
            throw new ArgumentException($"{loss}: codebook (K, D) needs at least one code.", nameof(codebook));
        }
    }
}
