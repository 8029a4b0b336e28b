namespace TorchLoss;

/// <summary>Root mean squared error of each list: scores in [0, 1] times the number of levels should be the relevance.</summary>
/// <remarks>
/// Per list <c>ℓ = √(mean_i (y_i − n s_i)²)</c> over its documents, in levels of relevance. A list without a document costs 0. A
/// perfect list has gradient 0, where the root's own is infinite.
/// </remarks>
[Loss(
    Family.Ranking,
    Formula = @"\sqrt{\frac{1}{L}\sum_i (y_i - n\,s_i)^2}",
    Source = "Pobrotyn, Bartczak, Synowiec, Białobrzeski and Bojar 2020, Context-Aware Learning to Rank with Self-Attention, arXiv:2005.10084, section 4.2",
    BuiltIn = "MSELoss"
)]
public sealed partial class PointwiseRMSELoss : ListLoss
{
    /// <param name="no_of_levels">The number n of relevance levels above 0, or whatever a score of 1 stands for.</param>
    /// <param name="reduction">None keeps the lists' losses (B), Mean averages them, Sum adds them up.</param>
    static Tensor Compute(
        Tensor y_pred,
        Tensor y_true,
        [Positive] double no_of_levels,
        Reduction reduction = Reduction.Mean
    )
    {
        var lists = Read(y_pred, y_true, nameof(PointwiseRMSELoss));
        var squares = (lists.Relevance - lists.Scores * no_of_levels).square();
        var mean = squares.sum(1).SafeDivide(lists.Valid.sum(1).to(squares.dtype));
        return mean.SafePow(0.5).Reduce(reduction);
    }
}
