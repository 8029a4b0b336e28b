namespace TorchLoss;

/// <summary>DIST: the student's predictions correlate with the teacher's, over the classes and over the batch; a strong teacher need not be copied.</summary>
/// <remarks>
/// <c>ℓ = τ² (β (1 − mean ρ over rows) + γ (1 − mean ρ over columns))</c>, without unit, ρ being Pearson's correlation of the probabilities
/// softmax(x / τ): of each position over the classes, and of each class over the positions. Shapes: both (N, C, *), the further dimensions
/// counting as positions. Constant rows or columns correlate with nothing.
/// </remarks>
[Loss(
    Family.Distillation,
    Formula = @"\tau^2 \Big(\beta \big(1 - \overline{\rho(p^s_{i\cdot}, p^t_{i\cdot})}\big) + \gamma \big(1 - \overline{\rho(p^s_{\cdot j}, p^t_{\cdot j})}\big)\Big)",
    Source = "Huang, You, Wang, Qian and Xu 2022, Knowledge Distillation from A Stronger Teacher, arXiv:2205.10536"
)]
public sealed partial class DISTLoss : DistillationLoss
{
    /// <param name="beta">Weight β of the relation between classes.</param>
    /// <param name="gamma">Weight γ of the relation between samples.</param>
    /// <param name="tau">Temperature τ of the probabilities.</param>
    static Tensor Compute(
        Tensor student,
        Tensor teacher,
        [AtLeast(0)] double beta = 1.0,
        [AtLeast(0)] double gamma = 1.0,
        [Positive] double tau = 1.0
    )
    {
        Check(student, teacher, nameof(DISTLoss));
        var (s, t) = (Probabilities(student, tau), Probabilities(teacher, tau));
        if (s.numel() == 0)
        {
            return s.sum() + t.sum();
        }

        var classes = 1 - Correlation(s, t, 1).mean();
        var samples = 1 - Correlation(s, t, 0).mean();
        return (classes * beta + samples * gamma) * (tau * tau);
    }

    /// <summary>Of positions (rows) and classes (columns).</summary>
    static Tensor Probabilities(Tensor logits, double tau)
    {
        var p = softmax(logits.Upcast() / tau, 1);
        return p.movedim([1], [-1]).reshape(-1, p.shape[1]);
    }

    /// <remarks>The 1e-8 is the authors': probabilities at a high temperature differ so little that it shows.</remarks>
    static Tensor Correlation(Tensor s, Tensor t, long dim)
    {
        var (a, b) = (s - s.mean([dim], keepdim: true), t - t.mean([dim], keepdim: true));
        return (a * b).sum(dim) / (a.Norm(2, dim) * b.Norm(2, dim) + 1e-8).squeeze(dim);
    }
}
