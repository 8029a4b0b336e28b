namespace TorchLoss.Training;

/// <summary>
/// Perplexity of tokens (perplexity): exp of the mean -log p of the true ones; among how many equally likely tokens the model
/// still has to guess. 1 is perfect, the size of the vocabulary chance.
/// </summary>
/// <remarks>Outputs are unnormalised scores with the vocabulary in one dimension, targets indices without it.</remarks>
/// <param name="dimension">Where the vocabulary is: 1 for (N, V, T), as PyTorch's cross entropy has it; -1 for (N, T, V).</param>
/// <param name="ignoreIndex">Targets that are left out, such as padding.</param>
public sealed class PerplexityMetric(int dimension = 1, long ignoreIndex = -100) : ITaskMetrics
{
    /// <inheritdoc/>
    public IReadOnlyList<string> Names { get; } = ["perplexity"];

    /// <inheritdoc/>
    public MetricReport Measure(Tensor outputs, Tensor targets)
    {
        using var scope = NewDisposeScope();
        var (scores, tokens) = (outputs.detach().cpu(), targets.detach().cpu().to(int64));
        var place = Place(scores, tokens);
        var rows = scores.movedim([place], [-1]).reshape(-1, scores.shape[place]);
        var kept = tokens.reshape(-1).ne(ignoreIndex);
        var places = tokens.reshape(-1).where(kept, zeros_like(kept, dtype: int64));
        if (places.numel() > 0 && (places.min().ToInt64() < 0 || places.max().ToInt64() >= rows.shape[1]))
            throw new TrainingException($"perplexity: a token lies outside of 0 to {rows.shape[1] - 1}");
        // log p in the scores' own type: float64 copies of a whole vocabulary would double the memory twice over.
        var surprise = -rows.log_softmax(1).gather(1, places.unsqueeze(1)).squeeze(1).to(float64).masked_select(kept);
        return new(new Dictionary<string, double> { [Names[0]] = Math.Exp(MetricInputs.Mean(surprise)) });
    }

    int Place(Tensor scores, Tensor tokens)
    {
        var place = dimension < 0 ? dimension + (int)scores.dim() : dimension;
        var fits =
            scores.dim() == tokens.dim() + 1
            && place >= 0
            && place < scores.dim()
            && scores.shape.Where((_, i) => i != place).SequenceEqual(tokens.shape);
        return fits
            ? place
            : throw new TrainingException(
                $"perplexity needs scores with the vocabulary in dimension {dimension} and targets without it, "
                    + $"not {LossFunction.Describe(scores)} and {LossFunction.Describe(tokens)}"
            );
    }
}
