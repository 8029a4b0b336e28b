namespace TorchLoss;

/// <summary>Relational knowledge distillation: the student's batch has the teacher's shape, at any size, place and width.</summary>
/// <remarks>
/// <c>ℓ = w_d · smoothL1(distances) + w_a · smoothL1(angles)</c>, without unit. Distances are those of all pairs over their mean,
/// averaged over N² entries; angles the cosines at each sample between each two others, averaged over N³. The widths of student (N, D)
/// and teacher (N, E) may differ; with w_a above 0 memory grows with N³. A copy that is moved, turned or scaled costs 0, and so
/// does a batch of one. The gradient reaches the teacher too if it asks for one.
/// </remarks>
[Loss(
    Family.Distillation,
    Formula = @"w_d \sum_{i,j} l_\delta\big(\psi_D^s, \psi_D^t\big) + w_a \sum_{i,j,k} l_\delta\big(\psi_A^s, \psi_A^t\big)",
    Source = "Park, Kim, Lu and Cho 2019, Relational Knowledge Distillation, arXiv:1904.05068, section 3.2"
)]
public sealed partial class RKDLoss : RelationLoss
{
    /// <param name="w_d">Weight of the distances.</param>
    /// <param name="w_a">Weight of the angles; 0 saves the time and memory they take.</param>
    static Tensor Compute(Tensor student, Tensor teacher, [AtLeast(0)] double w_d = 25, [AtLeast(0)] double w_a = 50)
    {
        var (s, t) = Check(student, teacher, nameof(RKDLoss));
        var loss = DistanceGap(s, t) * w_d;
        return w_a == 0 ? loss : loss + AngleGap(s, t) * w_a;
    }
}
