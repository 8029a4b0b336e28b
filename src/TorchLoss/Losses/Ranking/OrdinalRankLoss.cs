namespace TorchLoss;

/// <summary>Ordinal loss of a list: for each level of relevance, the chance that a document reaches it.</summary>
/// <remarks>
/// Per document <c>ℓ = −Σ_(k=1..n) [y ≥ k] log p_k + [y &lt; k] log(1 − p_k)</c> in nats; the mean is over all documents of the batch.
/// Logarithms below −100 count as −100, without gradient, as in PyTorch's BCELoss.
/// Shapes: y_pred (B, L, n), probabilities; y_true (B, L) from 0 to n, −1 is padding.
/// </remarks>
[Loss(
    Family.Ranking,
    Formula = @"-\sum_{k=1}^n [y \ge k] \log p_k + [y < k] \log(1 - p_k)",
    Source = "Niu, Zhou, Wang, Gao and Hua 2016, Ordinal Regression with Multiple Output CNN for Age Estimation, CVPR, doi:10.1109/CVPR.2016.532; Pobrotyn et al. 2020, Context-Aware Learning to Rank with Self-Attention, arXiv:2005.10084",
    BuiltIn = "BCELoss"
)]
public sealed partial class OrdinalRankLoss : ListLoss
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static new IReadOnlyList<InputInfo> Inputs { get; } =
    [new("y_pred", "B L K", Role.Probability), new("y_true", "B L", Role.Relevance)];

    /// <param name="n">The number of levels above 0.</param>
    /// <param name="reduction">None keeps the documents' losses (B, L), 0 at padding; Mean averages the documents, Sum adds them up.</param>
    static Tensor Compute(Tensor y_pred, Tensor y_true, [AtLeast(1)] long n, Reduction reduction = Reduction.Mean)
    {
        const string loss = nameof(OrdinalRankLoss);
        InputCheck.Floating(y_pred, loss);
        InputCheck.Dimensions(y_pred, 3, "(B, L, n)", loss);
        InputCheck.Size(y_pred, 2, n, "n", loss);
        InputCheck.SameShape(y_true, y_pred.select(2, 0), loss, nameof(y_true), "y_pred without its last dimension");
        InputCheck.SameDevice(y_true, y_pred, loss);
        InputCheck.Probabilities(y_pred, loss);
        var valid = y_true.ne(-1);
        var p = y_pred.Upcast();
        var level = arange(1, n + 1, device: p.device);
        var reached = y_true.unsqueeze(2).ge(level);
        var chance = where(reached, p, 1 - p);

        // log of an exact 0 has an infinite slope, and times the clamp's 0 that is NaN
        var zero = chance.eq(0);
        var log_p = where(zero, full_like(chance, -100), where(zero, ones_like(chance), chance).log().clamp_min(-100));
        return (-log_p.sum(2)).Reduce(reduction, valid);
    }
}
