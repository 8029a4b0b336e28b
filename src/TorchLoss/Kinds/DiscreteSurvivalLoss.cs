namespace TorchLoss;

/// <summary>A loss of one output for each of T intervals of time against the interval in which each subject left.</summary>
/// <param name="reduction">How single losses become one value.</param>
public abstract class DiscreteSurvivalLoss(Reduction reduction = Reduction.Mean) : LossModule3(reduction)
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("phi", "B T", Role.Logits),
        new("idx_durations", "B", Role.ClassIndex),
        new("events", "B", Role.Event),
        new("sample_weight", "B", Role.Weight) { Optional = true },
    ];

    /// <summary>Refuses everything but outputs (B, T) and vectors (B) of intervals in [0, T), events, and weights.</summary>
    /// <param name="loss">The loss, for messages.</param>
    /// <param name="phi">The outputs (B, T).</param>
    /// <param name="idx_durations">The interval of the event or of censoring, int64 (B).</param>
    /// <param name="events">True (or other than 0) where the event happened, (B).</param>
    /// <param name="sample_weight">Weight of each subject, broadcast to (B).</param>
    /// <param name="ignored">An interval that stands for none.</param>
    /// <returns>The outputs in the type that they are computed in, and where the event happened.</returns>
    private protected static (Tensor Phi, Tensor Happened) Read(
        string loss,
        Tensor phi,
        Tensor idx_durations,
        Tensor events,
        Tensor? sample_weight = null,
        long? ignored = null
    )
    {
        InputCheck.Dimensions(phi, 2, "(B, T)", loss);
        return Read(loss, phi, idx_durations, events, phi.shape[1], sample_weight, ignored);
    }

    /// <summary>The same where the intervals are not the second dimension.</summary>
    internal static (Tensor Phi, Tensor Happened) Read(
        string loss,
        Tensor phi,
        Tensor idx_durations,
        Tensor events,
        long intervals,
        Tensor? sample_weight,
        long? ignored
    )
    {
        InputCheck.Floating(phi, loss);
        InputCheck.Indices(idx_durations, loss);
        InputCheck.Dimensions(idx_durations, 1, "(B)", loss);
        InputCheck.Size(idx_durations, 0, phi.shape[0], "the subjects of phi", loss);
        InputCheck.SameDevice(idx_durations, phi, loss);
        InputCheck.SameShape(events, idx_durations, loss);
        InputCheck.SameDevice(events, phi, loss);
        InputCheck.IndexRange(idx_durations, intervals, ignored, loss);
        InputCheck.BroadcastsTo(sample_weight, idx_durations, loss);
        return (phi.Upcast(), events.ne(0));
    }

    /// <summary>True for the intervals (1, T) against (B, 1) that come after each subject's own.</summary>
    private protected static Tensor After(Tensor intervals, Tensor idx_durations) =>
        arange(intervals.shape[^1], device: intervals.device).gt(idx_durations.unsqueeze(1));

    /// <summary>Outputs (B, T) and, as one more interval, an output of 0 for what comes after all of them.</summary>
    internal static Tensor WithRest(Tensor phi) => cat([phi, zeros_like(phi.narrow(1, 0, 1)).detach()], 1);

    /// <summary>−log of each subject's event in its interval, or of what is left after it where it was censored.</summary>
    /// <remarks>
    /// ε is added to sums of e^(φ − max φ), as pycox has it. Added up in logarithms, so that with ε = 0 nothing underflows.
    /// </remarks>
    private protected static Tensor MassLosses(Tensor phi, Tensor idx_durations, Tensor happened, double epsilon)
    {
        var padded = WithRest(phi);
        var shifted = padded - padded.amax([1], keepdim: true);
        var total = Floor(shifted.logsumexp(1), epsilon);
        var own = shifted.gather(1, idx_durations.unsqueeze(1)).squeeze(1);
        var before = After(padded, idx_durations).logical_not();
        var left = Floor(shifted.masked_fill(before, double.NegativeInfinity).logsumexp(1), epsilon);
        return total - where(happened, own, left);
    }

    /// <summary>log(e^x + ε).</summary>
    internal static Tensor Floor(Tensor log, double epsilon) =>
        epsilon > 0 ? logaddexp(log, full_like(log, Math.Log(epsilon)).detach()) : log;

    /// <summary>
    /// For each i the mean over j of e^(−(F_i(t_i) − F_j(t_i))/σ), where i had the event and j still waited for it then.
    /// </summary>
    /// <param name="mass">The probability of the event in each interval (B, T).</param>
    /// <param name="idx_durations">The intervals (B).</param>
    /// <param name="happened">Where the event happened (B).</param>
    /// <param name="sigma">The scale σ.</param>
    internal static Tensor RankLosses(Tensor mass, Tensor idx_durations, Tensor happened, double sigma)
    {
        // one row a subject i: everybody's share of events until t_i
        var until = mass.cumsum(1).t().index_select(0, idx_durations);
        var gap = until.diagonal().unsqueeze(1) - until;
        var (own, other) = (idx_durations.unsqueeze(1), idx_durations.unsqueeze(0));
        var later = own.lt(other).logical_or(own.eq(other).logical_and(happened.logical_not().unsqueeze(0)));
        var counted = later.logical_and(happened.unsqueeze(1));
        return where(counted, (gap / -sigma).exp(), zeros_like(gap)).sum(dim: 1) / Math.Max(1, mass.shape[0]);
    }
}
