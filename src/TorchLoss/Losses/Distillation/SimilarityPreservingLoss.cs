namespace TorchLoss;

/// <summary>Similarity-preserving distillation: what is alike for the teacher is alike for the student, within the batch.</summary>
/// <remarks>
/// <c>ℓ = ‖G_s − G_t‖² / N²</c>, without unit, G being the products of all pairs of samples with each row scaled to length 1.
/// Features may differ in shape: student (N, *) and teacher (N, *), flattened per sample. A batch of one costs 0.
/// </remarks>
[Loss(
    Family.Distillation,
    Formula = @"\frac{1}{N^2} \lVert G_s - G_t \rVert_F^2, \quad G_i = \frac{(Q Q^T)_i}{\lVert (Q Q^T)_i \rVert_2}",
    Source = "Tung and Mori 2019, Similarity-Preserving Knowledge Distillation, arXiv:1907.09682",
    Aliases = "SPKDLoss"
)]
public sealed partial class SimilarityPreservingLoss : LossModule2
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [new("student", "N *", Role.Embedding), new("teacher", "N *", Role.Embedding)];

    static Tensor Compute(Tensor student, Tensor teacher)
    {
        const string loss = nameof(SimilarityPreservingLoss);
        PerSample.Check(student, loss);
        PerSample.Check(teacher, loss);
        InputCheck.SameDevice(teacher, student, loss);
        InputCheck.Size(teacher, 0, student.shape[0], "the samples of student", loss);
        var s = Similarities(student.Upcast());
        var t = Similarities(teacher.Upcast()).to(s.dtype);
        return (s - t).square().Reduce(Reduction.Mean);
    }

    /// <remarks>Rows are scaled to length 1 in the end, so that the features may be scaled first: their squares do not overflow.</remarks>
    static Tensor Similarities(Tensor features)
    {
        var rows = features.Rows;
        var largest = rows.numel() == 0 ? rows : rows.detach().abs().amax();
        rows = rows.SafeDivide(largest);
        return rows.mm(rows.t()).Unit();
    }
}
