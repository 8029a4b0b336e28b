namespace TorchLoss.Standard;

/// <summary>Turns similar pairs of vectors into one direction and dissimilar ones apart, whatever their lengths.</summary>
/// <remarks>
/// Per pair <c>ℓ = 1 − cos</c> where the label is 1 and <c>max(0, cos − margin)</c> where it is −1, without units; as in PyTorch
/// any other label gives 0. The cosine has 1e-12 added to both squared lengths, so that a zero vector has cosine 0 and a finite
/// gradient; the two roots are taken one by one, since the product of the squares overflows float32 from lengths of 4e9 on.
/// Shapes: (N, D), (N, D) and (N), or (D), (D) and ().
/// </remarks>
[Loss(
    Family.Standard,
    Formula = @"\begin{cases} 1 - \cos(x_1, x_2) & y = 1 \\ \max(0,\, \cos(x_1, x_2) - m) & y = -1 \end{cases}",
    Source = "PyTorch torch.nn.CosineEmbeddingLoss",
    Function = "cosine_embedding_loss",
    BuiltIn = "CosineEmbeddingLoss"
)]
public sealed partial class CosineEmbeddingLoss : LossModule3
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [new("input1", "N D", Role.Embedding), new("input2", "N D", Role.Embedding), new("target", "N", Role.SignTarget)];

    /// <param name="input1">The first vectors, (N, D) or (D).</param>
    /// <param name="input2">The second vectors, the shape of input1.</param>
    /// <param name="target">1 for similar, −1 for dissimilar, (N) or ().</param>
    /// <param name="margin">Cosine below which dissimilar pairs are far enough apart.</param>
    /// <param name="reduction">None keeps the single losses, Mean averages them (NaN where there are none), Sum adds them up.</param>
    static Tensor Compute(
        Tensor input1,
        Tensor input2,
        Tensor target,
        [Between(-1, 1)] double margin = 0.0,
        Reduction reduction = Reduction.Mean
    )
    {
        Check(input1, input2, target);
        var cosine = Cosine(input1.Upcast(), input2.Upcast());
        var none = zeros_like(cosine);
        var similar = where(target.eq(1), 1 - cosine, none);
        var dissimilar = where(target.eq(-1), (cosine - margin).clamp_min(0), none);
        return (similar + dissimilar).Fold(reduction);
    }

    static Tensor Cosine(Tensor a, Tensor b)
    {
        var length1 = (a.square().sum(-1) + 1e-12).sqrt();
        var length2 = (b.square().sum(-1) + 1e-12).sqrt();
        return (a * b).sum(-1) / length1 / length2;
    }

    static void Check(Tensor input1, Tensor input2, Tensor target)
    {
        InputCheck.Floating(input1, nameof(CosineEmbeddingLoss));
        InputCheck.Floating(input2, nameof(CosineEmbeddingLoss));
        InputCheck.SameShape(input2, input1, nameof(CosineEmbeddingLoss));
        InputCheck.SameDevice(input2, input1, nameof(CosineEmbeddingLoss));
        InputCheck.SameDevice(target, input1, nameof(CosineEmbeddingLoss));
        if (input1.dim() is not (1 or 2) || !target.shape.AsSpan().SequenceEqual(input1.shape.AsSpan()[..^1]))
        {
            throw new ArgumentException(
                $"CosineEmbeddingLoss: inputs (N, D) with target (N), or (D) with (), expected, got {input1.Shape} and {target.Shape}.",
                nameof(target)
            );
        }
    }
}
