namespace TorchLoss.Training;

/// <summary>Windows over a series in time: a stretch of the past, and the steps that follow it.</summary>
/// <param name="Past">How many values a model sees.</param>
/// <param name="Horizon">How many values after them it is to forecast.</param>
public sealed record SeriesWindows(int Past, int Horizon)
{
    /// <summary>
    /// All windows whose first forecast step lies in a part of the series; their past may reach back before that part, as it would
    /// when forecasting.
    /// </summary>
    /// <param name="values">The series, without gaps.</param>
    /// <param name="from">Where the part begins.</param>
    /// <param name="to">Where it ends: the steps to forecast all lie before it.</param>
    /// <param name="stride">Steps between the beginnings of two windows.</param>
    /// <returns>Inputs (n, Past) and targets (n, Horizon), float32.</returns>
    /// <exception cref="ArgumentException">No window fits, or a value is missing.</exception>
    public TensorSet Cut(IReadOnlyList<double> values, int from, int to, int stride = 1)
    {
        if (Past < 1 || Horizon < 1 || stride < 1)
            throw new ArgumentException($"past {Past}, horizon {Horizon} and stride {stride} must be positive");
        if (from < 0 || to > values.Count)
            throw new ArgumentException($"the part {from}..{to} lies outside the series of {values.Count} values");
        var first = Math.Max(from, Past);
        if (first + Horizon > to)
            throw new ArgumentException($"no window of {Past} + {Horizon} steps fits into {from}..{to}");
        int[] starts = [.. Enumerable.Range(0, (to - Horizon - first) / stride + 1).Select(i => first + i * stride)];
        for (var i = first - Past; i < starts[^1] + Horizon; i++)
        {
            if (!double.IsFinite(values[i]))
                throw new ArgumentException($"value {i} of the series is {values[i]}; fill the gaps first");
        }
        float[] Rows(int offset, int width) =>
            [.. starts.SelectMany(start => Enumerable.Range(start + offset, width)).Select(i => (float)values[i])];
        return new(tensor(Rows(-Past, Past), starts.Length, Past), tensor(Rows(0, Horizon), starts.Length, Horizon));
    }

    /// <summary>Puts a straight line through each gap (NaN); a gap at an end gets the nearest value.</summary>
    /// <param name="values">The series.</param>
    /// <exception cref="ArgumentException">No value is known.</exception>
    public static double[] FillGaps(IReadOnlyList<double> values)
    {
        int[] known = [.. Enumerable.Range(0, values.Count).Where(i => !double.IsNaN(values[i]))];
        if (known.Length == 0)
            throw new ArgumentException("no value of the series is known");
        var filled = values.ToArray();
        Array.Fill(filled, values[known[0]], 0, known[0]);
        foreach (var (left, right) in known.Zip(known.Skip(1)))
        {
            for (var i = left + 1; i < right; i++)
                filled[i] = values[left] + (values[right] - values[left]) * (i - left) / (right - left);
        }
        Array.Fill(filled, values[known[^1]], known[^1], filled.Length - known[^1]);
        return filled;
    }
}
