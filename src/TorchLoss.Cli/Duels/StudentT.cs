namespace TorchLoss.Cli.Duels;

/// <summary>Student's t distribution.</summary>
static class StudentT
{
    /// <summary>The value that is exceeded, to either side, with the given probability.</summary>
    /// <param name="probability">Of both sides together, between 0 and 1.</param>
    /// <param name="freedom">Degrees of freedom, 1 or more.</param>
    public static double TwoSided(double probability, int freedom)
    {
        var (low, high) = (0.0, 1.0);
        while (Beyond(high, freedom) > probability)
        {
            high *= 2;
        }

        for (var i = 0; i < 100; i++)
        {
            var middle = (low + high) / 2;
            (low, high) = Beyond(middle, freedom) > probability ? (middle, high) : (low, middle);
        }

        return high;
    }

    /// <summary>The probability of a value beyond ±t, by the finite sums of Abramowitz and Stegun 1964, 26.7.3 and 26.7.4.</summary>
    public static double Beyond(double t, int freedom)
    {
        var angle = Math.Atan(t / Math.Sqrt(freedom));
        var square = Math.Cos(angle) * Math.Cos(angle);
        var isOdd = freedom % 2 == 1;
        var term = isOdd ? Math.Cos(angle) : 1;
        var sum = 0.0;
        for (var k = isOdd ? 1 : 0; k <= freedom - 2; k += 2)
        {
            sum += term;
            term *= square * (k + 1) / (k + 2);
        }

        var within = isOdd ? 2 / Math.PI * (angle + Math.Sin(angle) * sum) : Math.Sin(angle) * sum;
        return 1 - within;
    }
}
