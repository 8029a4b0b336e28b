namespace TorchLoss;

/// <summary>Relational distillation of distances: samples the teacher holds near each other are near for the student, too.</summary>
/// <remarks>
/// The mean over all N² pairs of smoothL1 between the student's and the teacher's distances, each batch's in units of its mean
/// distance; without unit. It is the first term of <see cref="RKDLoss"/>. Shapes: student (N, D), teacher (N, E).
/// </remarks>
[Loss(
    Family.Distillation,
    Formula = @"\frac{1}{N^2} \sum_{i,j} l_\delta\Big(\frac{\lVert s_i - s_j\rVert}{\mu_s}, \frac{\lVert t_i - t_j\rVert}{\mu_t}\Big)",
    Source = "Park, Kim, Lu and Cho 2019, Relational Knowledge Distillation, arXiv:1904.05068, section 3.2.1"
)]
public sealed partial class RKDDistanceLoss : RelationLoss
{
    static Tensor Compute(Tensor student, Tensor teacher)
    {
        var (s, t) = Check(student, teacher, nameof(RKDDistanceLoss));
        return DistanceGap(s, t);
    }
}
