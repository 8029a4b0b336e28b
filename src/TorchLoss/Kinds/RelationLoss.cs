using TorchLoss.Standard;

namespace TorchLoss;

/// <summary>A loss of how the samples of a batch relate to each other, in a student's features and in a teacher's.</summary>
public abstract class RelationLoss : LossModule2
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [new("student", "N D", Role.Embedding), new("teacher", "N E", Role.Embedding)];

    /// <summary>Refuses everything but two sets of as many vectors, and gives them in one dtype.</summary>
    private protected static (Tensor Student, Tensor Teacher) Check(Tensor student, Tensor teacher, string loss)
    {
        EmbeddingCheck.Rows(student, loss);
        EmbeddingCheck.Rows(teacher, loss);
        InputCheck.SameDevice(teacher, student, loss);
        InputCheck.Size(teacher, 0, student.shape[0], "the rows of student", loss);
        var own = student.Upcast();
        return (own, teacher.to(own.dtype));
    }

    /// <summary>The mean difference of all distances, each batch's in units of its mean distance.</summary>
    private protected static Tensor DistanceGap(Tensor student, Tensor teacher) =>
        Gap(RelativeDistances(student), RelativeDistances(teacher));

    /// <summary>The mean difference of all angles (their cosines) that three samples make.</summary>
    private protected static Tensor AngleGap(Tensor student, Tensor teacher) => Gap(Angles(student), Angles(teacher));

    /// <summary>Squared below 1, linear above.</summary>
    static Tensor Gap(Tensor student, Tensor teacher) =>
        PointwiseEngine.Evaluate(new SmoothL1Loss.Formula(1), student, teacher, null, Reduction.Mean);

    static Tensor RelativeDistances(Tensor x)
    {
        var distances = x.SquaredDistances(x).SafePow(0.5);
        var pairs = Math.Max(1, x.shape[0] * (x.shape[0] - 1));
        return distances.SafeDivide(distances.sum() / pairs);
    }

    /// <summary>(N, N, N): at the corner i, between the sides to j and k.</summary>
    static Tensor Angles(Tensor x)
    {
        var sides = (x.unsqueeze(0) - x.unsqueeze(1)).Unit(dim: 2);
        return sides.bmm(sides.transpose(1, 2));
    }
}
