namespace TorchLoss;

/// <summary>Relational distillation of angles: three samples make the same angle for student and teacher.</summary>
/// <remarks>
/// The mean over all N³ triplets of smoothL1 between the cosines of the student's and the teacher's angles; without unit. It is the
/// second term of <see cref="RKDLoss"/>. Shapes: student (N, D), teacher (N, E); memory grows with N³.
/// </remarks>
[Loss(
    Family.Distillation,
    Formula = @"\frac{1}{N^3} \sum_{i,j,k} l_\delta\big(\cos \angle s_i s_j s_k, \cos \angle t_i t_j t_k\big)",
    Source = "Park, Kim, Lu and Cho 2019, Relational Knowledge Distillation, arXiv:1904.05068, section 3.2.2"
)]
public sealed partial class RKDAngleLoss : RelationLoss
{
    static Tensor Compute(Tensor student, Tensor teacher)
    {
        var (s, t) = Check(student, teacher, nameof(RKDAngleLoss));
        return AngleGap(s, t);
    }
}
