namespace TorchLoss;

/// <summary>A loss of lists through a relaxed permutation matrix that sorts the scores.</summary>
/// <param name="reduction">How single losses become one value.</param>
public abstract class NeuralSortLoss(Reduction reduction = Reduction.Mean) : ListLoss(reduction)
{
    /// <summary>How the scores are sorted.</summary>
    private protected readonly record struct Sorting(
        double Temperature,
        bool Stochastic,
        long Samples,
        double Noise,
        bool LogScores
    );

    const int SinkhornSteps = 50;
    const double Smallest = 1e-10;

    /// <summary>Minus the NDCG of each list.</summary>
    /// <param name="loss">The name of the loss, for messages.</param>
    /// <param name="y_pred">Scores (B, L).</param>
    /// <param name="y_true">Relevance (B, L); −1 is padding.</param>
    /// <param name="sorting">How the scores are sorted.</param>
    /// <param name="powered">Whether gains are 2^y − 1 instead of y.</param>
    /// <param name="poweredIdeal">The same for the ideal DCG.</param>
    /// <param name="k">Only the first k ranks count.</param>
    /// <param name="reduction">None keeps the lists, Mean averages those with a relevant document, Sum adds up.</param>
    /// <param name="dcg">From permutations, gains and discounts to DCGs.</param>
    private protected static Tensor Evaluate(
        string loss,
        Tensor y_pred,
        Tensor y_true,
        Sorting sorting,
        bool powered,
        bool poweredIdeal,
        long? k,
        Reduction reduction,
        Func<Tensor, Tensor, Tensor, Tensor> dcg
    )
    {
        var given = Read(y_pred, y_true, loss);
        var lists = given.Ordered(by: zeros_like(given.Scores)); // padding last, so that it takes the last ranks
        var ranks = arange(lists.Scores.shape[1], device: lists.Scores.device);
        var discount = where(ranks.lt(k ?? long.MaxValue), 1 / lists.Discount, zeros_like(lists.Discount));
        var gain = powered ? lists.Gain : lists.Relevance;
        var best = (poweredIdeal ? lists.Gain : lists.Relevance).sort(1, descending: true).Values;
        var ideal = (best * discount).sum(1);

        var scores = sorting.Stochastic ? Noisy(lists, sorting) : lists.Scores;
        var samples = sorting.Stochastic ? sorting.Samples : 1;
        var valid = lists.Valid.repeat_interleave(samples, dim: 0);
        var permutation = Sinkhorn(NeuralSort(scores, valid, sorting.Temperature), valid);
        var found = dcg(permutation, gain.repeat_interleave(samples, dim: 0), discount);
        var relevant = ideal.ne(0);
        var ndcg = found.view(gain.shape[0], samples).mean([1]) / (ideal + Smallest);
        var losses = -where(relevant, ndcg, ndcg * 0);
        return reduction is Reduction.Mean ? losses.Reduce(reduction, relevant) : losses.Reduce(reduction);
    }

    /// <summary>Each list as often as there are samples, with Gumbel noise on its scores.</summary>
    static Tensor Noisy(DocumentLists lists, Sorting sorting)
    {
        var scores = lists.Scores;
        if (sorting.LogScores && scores.numel() > 0)
        {
            scores = (scores + scores.min().abs() + Smallest).log();
        }

        var repeated = scores.repeat_interleave(sorting.Samples, dim: 0);
        var noise = -((-(rand_like(repeated) + Smallest).log()) + Smallest).log();
        return repeated + noise.detach() * sorting.Noise;
    }

    /// <summary>Rows are ranks, columns documents; each row a softmax. Padding is paired with itself.</summary>
    static Tensor NeuralSort(Tensor scores, Tensor valid, double temperature)
    {
        var both = valid.unsqueeze(2).logical_and(valid.unsqueeze(1));
        var gaps = DocumentLists.Differences(scores).abs();
        var spread = where(both, gaps, zeros_like(gaps)).sum(2);
        var count = valid.sum(1, keepdim: true);
        var rank = arange(scores.shape[1], device: scores.device);
        var factor = (count - 1 - rank * 2).to(scores.dtype);
        var logits = (factor.unsqueeze(2) * scores.unsqueeze(1) - spread.unsqueeze(1)) / temperature;
        var self = eye(scores.shape[1], dtype: ScalarType.Bool, device: scores.device);
        var padding = both.logical_not().logical_and(self).logical_and(valid.logical_not().unsqueeze(2));
        return softmax(where(padding, zeros_like(logits), logits.masked_fill(both.logical_not(), -1e30)), 2);
    }

    /// <summary>Scales rows and columns until both add up to 1; 0 at padding.</summary>
    static Tensor Sinkhorn(Tensor matrix, Tensor valid)
    {
        var transposed = matrix.transpose(1, 2);
        var rows = ones_like(matrix.sum(2, keepdim: true));
        var columns = rows;
        for (var step = 0; step < SinkhornSteps; step++)
        {
            columns = 1 / transposed.bmm(rows).clamp_min(Smallest);
            rows = 1 / matrix.bmm(columns).clamp_min(Smallest);
        }

        var scaled = rows * matrix * columns.transpose(1, 2);
        var both = valid.unsqueeze(2).logical_and(valid.unsqueeze(1));
        return where(both, scaled, zeros_like(scaled));
    }
}
