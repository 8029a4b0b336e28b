namespace TorchLoss;

/// <summary>Plackett-Luce likelihood of a ranking: each place is a choice among those that are left.</summary>
/// <remarks>
/// Per list <c>ℓ = Σ_k (log Σ_(j ≥ k) e^(s_(j)) − s_(k))</c> (nats), s_(k) being the score of what is ranked k-th, best first. With two items it is
/// Bradley and Terry's model. The sums come from the end, in logarithms.
/// </remarks>
[Loss(
    Family.Preference,
    Formula = @"\sum_k \left( \log \sum_{j \ge k} e^{s_{(j)}} - s_{(k)} \right)",
    Source = "Plackett 1975, The Analysis of Permutations, doi:10.2307/2346567; Luce 1959; Rafailov et al. 2023, DPO, arXiv:2305.18290, appendix A.3"
)]
public sealed partial class PlackettLuceLoss : LossModule2
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [new("scores", "B C", Role.Prediction), new("ranking", "B C", Role.ClassIndex)];

    /// <param name="scores">Scores of the items (B, K).</param>
    /// <param name="ranking">Indices of the items, best first (B, K), int64.</param>
    /// <param name="reduction">None keeps one loss a list (B), Mean averages them, Sum adds them up.</param>
    static Tensor Compute(Tensor scores, Tensor ranking, Reduction reduction = Reduction.Mean)
    {
        const string loss = nameof(PlackettLuceLoss);
        InputCheck.Floating(scores, loss);
        InputCheck.Dimensions(scores, 2, "(B, K)", loss);
        InputCheck.Indices(ranking, loss);
        InputCheck.SameShape(ranking, scores, loss);
        InputCheck.SameDevice(ranking, scores, loss);
        InputCheck.IndexRange(ranking, scores.shape[1], null, loss);
        var ordered = scores.Upcast().gather(1, ranking);
        var left = ordered.flip(1).logcumsumexp(1).flip(1);
        return (left - ordered).sum(dim: 1).Reduce(reduction);
    }
}
