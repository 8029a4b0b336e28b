namespace TorchLoss.Training;

/// <summary>
/// Falls by a factor whenever more epochs than the patience have brought nothing better (as PyTorch's ReduceLROnPlateau). A pure function
/// of the history, so a resumed run needs nothing else.
/// </summary>
/// <param name="Patience">So many epochs in a row may be no better before it falls.</param>
/// <param name="Gamma">The factor of each fall.</param>
/// <param name="Final">It falls no further than to this factor.</param>
/// <param name="Monitor">What to look at; the validation loss unless said otherwise.</param>
public sealed record PlateauSchedule(int Patience = 10, double Gamma = 0.1, double Final = 0, Monitor? Monitor = null)
    : LearningRateSchedule
{
    /// <inheritdoc/>
    public override double Factor(long step, long steps, IReadOnlyList<EpochRecord> history)
    {
        var monitor = Monitor ?? new();
        var (factor, best, stale) = (1.0, 0, 0);
        for (var epoch = 1; epoch < history.Count; epoch++)
        {
            if (monitor.IsBetter(history[epoch], history[best]))
                (best, stale) = (epoch, 0);
            else if (++stale > Patience)
                (factor, stale) = (Math.Max(Final, factor * Gamma), 0);
        }
        return factor;
    }

    /// <inheritdoc/>
    protected override double At(double done) => 1;
}
