namespace TorchLoss;

/// <summary>Keeps the single losses: a vector, in order of the anchors.</summary>
/// <remarks>
/// Of a pair matrix the pairs that occur, row by row, each as often as it does. How many that are depends on the data,
/// so a GPU is waited for here.
/// </remarks>
[Part]
public sealed partial class DoNothingReducer : Reducer
{
    /// <inheritdoc/>
    public override Tensor Reduce(SubLoss losses)
    {
        if (losses.Counts is not { } counts)
        {
            return losses.Values.flatten();
        }

        var occurring = counts.ne(0);
        var values = losses.Values.masked_select(occurring);
        return counts.dtype is ScalarType.Bool
            ? values
            : values.repeat_interleave(counts.masked_select(occurring), dim: 0);
    }

    /// <inheritdoc/>
    public override Tensor Combine(IReadOnlyList<Tensor> values) => values.Count == 1 ? values[0] : cat([.. values]);
}
