namespace TorchLoss;

/// <summary>Attention transfer: the student looks where the teacher looks, whatever it sees there.</summary>
/// <remarks>
/// The attention map of features f is <c>mean_c |f_c|^p</c>, one number a place, as a vector of length 1 per sample. The loss is the
/// mean over the places of the squared difference of the two maps, without unit (the authors' code; the paper's formula has
/// the norm of the difference). Channels may differ; a larger map is average-pooled to the size of the smaller one.
/// Shapes: student (N, C, H, W), teacher (N, C', H', W') → one loss a sample.
/// A map's scale cancels, so powers are taken relative to the largest feature: they neither overflow nor vanish.
/// </remarks>
[Loss(
    Family.Distillation,
    Formula = @"\frac{1}{HW} \Big\lVert \frac{a^s}{\lVert a^s\rVert_2} - \frac{a^t}{\lVert a^t\rVert_2} \Big\rVert_2^2, \quad a = \frac{1}{C} \sum_c |f_c|^p",
    Source = "Zagoruyko and Komodakis 2017, Paying More Attention to Attention, arXiv:1612.03928, eq. (2)",
    Aliases = "ATLoss"
)]
public sealed partial class AttentionTransferLoss : LossModule2
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [new("student", "N C H W", Role.Prediction), new("teacher", "N E P Q", Role.Prediction)];

    /// <param name="p">Power p: the higher, the more only the strongest features count.</param>
    /// <param name="reduction">None keeps the samples' losses (N), Mean averages them, Sum adds them up.</param>
    static Tensor Compute(Tensor student, Tensor teacher, [Positive] double p = 2, Reduction reduction = Reduction.Mean)
    {
        Check(student, teacher);
        var height = Math.Min(student.shape[2], teacher.shape[2]);
        var width = Math.Min(student.shape[3], teacher.shape[3]);
        var s = Attention(student.Upcast(), height, width, p);
        var t = Attention(teacher.Upcast(), height, width, p);
        return (s - t).square().mean([1]).Reduce(reduction);
    }

    static Tensor Attention(Tensor features, long height, long width, double p)
    {
        var pooled =
            features.shape[2] == height && features.shape[3] == width
                ? features
                : nn.functional.adaptive_avg_pool2d(features, [height, width]);
        var size = pooled.abs();
        var largest = size.numel() == 0 ? size : size.detach().amax([1, 2, 3], keepdim: true);
        return size.SafeDivide(largest).SafePow(p).mean([1]).flatten(1).Unit();
    }

    static void Check(Tensor student, Tensor teacher)
    {
        const string loss = nameof(AttentionTransferLoss);
        InputCheck.Floating(student, loss);
        InputCheck.Floating(teacher, loss);
        InputCheck.SameDevice(teacher, student, loss);
        InputCheck.Dimensions(student, 4, "(N, C, H, W)", loss);
        InputCheck.Dimensions(teacher, 4, "(N, C, H, W)", loss);
        InputCheck.Size(teacher, 0, student.shape[0], "the samples of student", loss);
    }
}
