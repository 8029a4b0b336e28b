namespace TorchLoss.Training;

/// <summary>How often a higher risk goes with an earlier event.</summary>
public static class Concordance
{
    /// <summary>
    /// Harrell's concordance index: of the pairs of which it is known who had the event first, the share in which that one has the
    /// higher risk; equal risks count half. 0.5 is chance, 1 perfect; NaN where no pair is known. Takes time in the square of the
    /// subjects.
    /// </summary>
    /// <remarks>
    /// Harrell, Califf, Pryor, Lee and Rosati 1982. With events for all, at time 0 for one class and at time 1 for the other, it is
    /// the area under the receiver operating characteristic of the first.
    /// </remarks>
    /// <param name="risks">The risk of each subject, on any scale.</param>
    /// <param name="times">When each had the event or was seen last.</param>
    /// <param name="events">Whether it was the event; null where it was for all.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static double Index(
        IReadOnlyList<double> risks,
        IReadOnlyList<double> times,
        IReadOnlyList<bool>? events = null
    )
    {
        if (risks.Count != times.Count || events is not null && events.Count != times.Count)
            throw new ArgumentException($"{risks.Count} risks, {times.Count} times and {events?.Count} events");
        var (right, pairs) = (0.0, 0L);
        for (var i = 0; i < times.Count; i++)
        {
            if (events?[i] == false)
                continue;
            for (var j = 0; j < times.Count; j++)
            {
                // At the very time of an event someone censored was still without it.
                if (times[j] <= times[i] && !(times[j] == times[i] && events?[j] == false))
                    continue;
                pairs++;
                right +=
                    risks[i] > risks[j] ? 1
                    : risks[i] == risks[j] ? 0.5
                    : 0;
            }
        }
        return right / pairs;
    }
}
