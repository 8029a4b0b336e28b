namespace TorchLoss.Cli.Advice;

/// <summary>Figures of lists of numbers.</summary>
static class Figures
{
    /// <summary>The middle one.</summary>
    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }

    /// <summary>A standardised moment: skewness for 3, kurtosis for 4; 0 where nothing varies.</summary>
    public static double Moment(IReadOnlyCollection<double> values, int power)
    {
        var mean = values.Average();
        var deviation = Math.Sqrt(values.Average(value => (value - mean) * (value - mean)));
        return deviation > 0 ? values.Average(value => Math.Pow((value - mean) / deviation, power)) : 0;
    }

    /// <summary>Pearson's correlation; 0 where one does not vary.</summary>
    public static double Correlation(IReadOnlyList<double> a, IReadOnlyList<double> b)
    {
        var (meanA, meanB) = (a.Average(), b.Average());
        var shared = a.Zip(b, (x, y) => (x - meanA) * (y - meanB)).Sum();
        var size = Math.Sqrt(a.Sum(x => (x - meanA) * (x - meanA)) * b.Sum(y => (y - meanB) * (y - meanB)));
        return size > 0 ? shared / size : 0;
    }

    /// <summary>A tensor's numbers.</summary>
    public static double[] Array(Tensor values) => values.to(float64).cpu().contiguous().data<double>().ToArray();
}
