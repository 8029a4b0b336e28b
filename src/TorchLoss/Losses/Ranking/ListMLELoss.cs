namespace TorchLoss;

/// <summary>ListMLE: the likelihood of the whole true order, drawn from the scores document by document.</summary>
/// <remarks>
/// With the documents in order of relevance, <c>ℓ = Σ_i [ log(Σ_{j ≥ i} exp(s_j − s_max) + ε) − (s_i − s_max) ]</c> in nats.
/// Documents of equal relevance keep the order that they are given in: shuffle them if that order means something.
/// <para>
/// ε = 0 is the definition. The default is that of the library the loss comes from; there ε guards a plain sum against 0, and
/// it costs a perfectly ordered list with gaps of 100 another 530 nats and pushes its best document down. Here no ε is needed:
/// the sums are running logsumexps. A list of nothing but padding costs 0 and counts in the mean.
/// </para>
/// </remarks>
[Loss(
    Family.Ranking,
    Formula = @"-\sum_i \log \frac{e^{s_{\pi(i)}}}{\sum_{j \ge i} e^{s_{\pi(j)}}}, \quad y_{\pi(1)} \ge y_{\pi(2)} \ge \dots",
    Source = "Xia, Liu, Wang, Zhang and Li 2008, Listwise Approach to Learning to Rank: Theory and Algorithm, ICML, doi:10.1145/1390156.1390306"
)]
public sealed partial class ListMLELoss : ListLoss
{
    /// <param name="eps">Added to each sum of exponentials, the list's largest being 1; 0 adds nothing.</param>
    /// <param name="reduction">None keeps the lists' losses (B), Mean averages them, Sum adds them up.</param>
    static Tensor Compute(
        Tensor y_pred,
        Tensor y_true,
        [AtLeast(0)] double eps = 1e-10,
        Reduction reduction = Reduction.Mean
    )
    {
        var given = Read(y_pred, y_true, nameof(ListMLELoss));
        return Costs(given.Ordered(by: given.Relevance), eps).sum(1).Reduce(reduction);
    }

    /// <summary>What the choice of each document from those not chosen yet costs (B, L); 0 at padding.</summary>
    internal static Tensor Costs(DocumentLists lists, double eps)
    {
        // padding comes last, and so would be first in the sums from behind: there it weighs nothing
        var scores = lists.Scores.masked_fill(lists.Valid.logical_not(), -1e30);
        if (scores.shape[1] == 0)
        {
            return scores;
        }

        var rest = scores.flip(1).logcumsumexp(1).flip(1);
        var cost = rest - scores;
        if (eps > 0)
        {
            var top = scores.max(1, keepdim: true).values;
            cost = logaddexp(rest - top, full_like(rest, Math.Log(eps)).detach()) - (scores - top);
        }

        return where(lists.Valid, cost, zeros_like(cost));
    }
}
