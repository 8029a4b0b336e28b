namespace TorchLoss;

/// <summary>A loss of log hazards against times until an event, some of them censored.</summary>
/// <param name="reduction">How single losses become one value.</param>
public abstract class SurvivalLoss(Reduction reduction = Reduction.Mean) : LossModule3(reduction)
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("log_h", "N", Role.Prediction),
        new("durations", "N", Role.Duration),
        new("events", "N", Role.Event),
        new("strata", "N", Role.Label) { Optional = true },
    ];

    /// <summary>Refuses everything but vectors of one length: (N) against (N, 1) would broadcast silently to (N, N).</summary>
    protected static void Check(Tensor log_h, Tensor durations, Tensor events, Tensor? strata, string loss)
    {
        InputCheck.Floating(log_h, loss);
        InputCheck.Dimensions(log_h, 1, "(N)", loss);
        InputCheck.SameShape(durations, log_h, loss);
        InputCheck.SameDevice(durations, log_h, loss);
        InputCheck.SameShape(events, log_h, loss);
        InputCheck.SameDevice(events, log_h, loss);
        if (strata is not null)
        {
            InputCheck.Indices(strata, loss);
            InputCheck.SameShape(strata, log_h, loss);
            InputCheck.SameDevice(strata, log_h, loss);
        }
    }
}

/// <summary>Subjects in order of falling time within each stratum: whoever stands before one, or ties with it, is at risk with it.</summary>
/// <param name="Order">Which subject stands at each place.</param>
/// <param name="Stratum">The first place of each place's stratum.</param>
/// <param name="Tie">The first place of those with the same time in the same stratum.</param>
/// <param name="TieEnd">The last of them.</param>
readonly record struct RiskSets(Tensor Order, Tensor Stratum, Tensor Tie, Tensor TieEnd)
{
    /// <summary>Sorts; nothing is read back, so it stays on the device.</summary>
    public static RiskSets Of(Tensor durations, Tensor? strata)
    {
        var order = durations.sort(0, descending: true, stable: true).Indices;
        if (strata is null)
        {
            var ties = Changes(durations.index_select(0, order)).cumsum(0);
            return new(order, zeros_like(order), First(ties), Last(ties));
        }

        order = order.index_select(0, strata.index_select(0, order).sort(0, stable: true).Indices);
        var stratum = Changes(strata.index_select(0, order));
        var tie = stratum.logical_or(Changes(durations.index_select(0, order))).cumsum(0);
        return new(order, First(stratum.cumsum(0)), First(tie), Last(tie));
    }

    /// <summary>log Σ exp over each one's risk set, of values in this order.</summary>
    public Tensor LogSumExp(Tensor values)
    {
        // Doubling: after each round a place knows twice as many before it. A running sum of exp would overflow, and a
        // running sum over all strata would cancel when the strata before are subtracted.
        var place = arange(values.shape[0], device: values.device);
        for (var reach = 1L; reach < values.shape[0]; reach *= 2)
        {
            var inside = (place - reach).ge(Stratum);
            values = where(inside, logaddexp(values, values.roll(reach, 0)), values);
        }

        return values.index_select(0, TieEnd);
    }

    /// <summary>The sum over all that tie with each one.</summary>
    public Tensor SumOfTies(Tensor values) => zeros_like(values).index_add(0, Tie, values, 1).index_select(0, Tie);

    /// <summary>Values in this order back in the order of the subjects.</summary>
    public Tensor Restore(Tensor values) => values.index_select(0, Order.argsort());

    /// <summary>True where a value differs from the one before.</summary>
    static Tensor Changes(Tensor sorted) =>
        cat([zeros(1, dtype: ScalarType.Bool, device: sorted.device), sorted.diff().ne(0)]);

    static Tensor First(Tensor groups) => searchsorted(groups, groups);

    static Tensor Last(Tensor groups) => searchsorted(groups, groups, right: true) - 1;
}
