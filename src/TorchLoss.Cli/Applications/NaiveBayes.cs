namespace TorchLoss.Cli.Applications;

/// <summary>Naive Bayes of features that are there or not: the baseline of text classification, in closed form.</summary>
/// <remarks>Multinomial, with something added to each count (Lidstone; Laplace adds 1).</remarks>
static class NaiveBayes
{
    /// <summary>Log odds (m) of class 1 for others (m, d), from inputs (n, d) and targets (n) of 0 and 1.</summary>
    public static Tensor LogOdds(Tensor inputs, Tensor targets, Tensor others, double added = 1)
    {
        using var scope = NewDisposeScope();
        var one = targets.eq(1);
        var prior = (one.sum().to(float64) / one.logical_not().sum().to(float64)).log();
        var weights = Likelihood(one) - Likelihood(one.logical_not());
        return (others.to(float64).mv(weights) + prior).to(float32).MoveToOuterDisposeScope();

        Tensor Likelihood(Tensor rows)
        {
            var counts = inputs.to(float64).T.mv(rows.to(float64)) + added;
            return (counts / counts.sum()).log();
        }
    }
}
