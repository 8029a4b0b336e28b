namespace TorchLoss.Training;

/// <summary>How the batches of an update make one gradient; see <see cref="TrainerOptions.Accumulate"/>.</summary>
public enum Accumulation
{
    /// <summary>
    /// Each batch has its own loss, weighted by its samples. Exact for a mean over samples and for a sum, at no cost. Not for a mean with
    /// another divisor (class weights, ignored targets), and not for a loss that compares the samples of a batch.
    /// </summary>
    BySamples,

    /// <summary>
    /// One loss of all outputs: the model runs without a graph, the outputs are joined, the loss gives their gradient, and the model runs
    /// again batch by batch to pass it on. Exact for every loss, also contrastive ones and ones that keep state; takes a second forward
    /// pass, and the memory of one batch (Gao, Zhang, Han and Callan 2021, arXiv:2101.06983, "GradCache").
    /// </summary>
    /// <remarks>
    /// Both passes drop out the same units. Batch norm normalises by the statistics of each small batch, as it does without a joined loss,
    /// so the model's outputs are not those of one large batch; its running statistics change once per batch.
    /// </remarks>
    Joined,
}
