using TorchLoss.Training;

namespace TorchLoss.Cli.Applications;

/// <summary>
/// Simulated patients with proportional hazards: a Weibull time to the event, and a time at which they are lost, which depends on
/// how far they live away and not on their risk.
/// </summary>
/// <param name="Inputs">Standard normal measurements of each.</param>
/// <param name="EventTimes">When each has the event, known to the simulation only.</param>
/// <param name="Times">When each had it or was lost.</param>
/// <param name="Events">Whether it was the event.</param>
sealed record Cohort(double[][] Inputs, double[] EventTimes, double[] Times, bool[] Events)
{
    /// <summary>Shape of the Weibull distribution: hazards rise in time.</summary>
    public const double Shape = 1.5;

    const int Distance = 3;
    const double LossRate = 0.6;
    const double LossByDistance = 1.2;

    /// <summary>The names of the measurements.</summary>
    public static string[] Names { get; } = ["age", "fitness", "pressure", "distance", "height"];

    /// <summary>The true log hazard ratios.</summary>
    public static double[] Coefficients { get; } = [1, -0.7, 0.5, 0, 0];

    /// <summary>Draws patients.</summary>
    public static Cohort Simulate(int count, Random random)
    {
        double[][] inputs =
        [
            .. Enumerable.Range(0, count).Select(_ => Coefficients.Select(_ => Normal(random)).ToArray()),
        ];
        double[] events =
        [
            .. inputs.Select(x => Math.Pow(Exponential(random) / Math.Exp(Product(x, Coefficients)), 1 / Shape)),
        ];
        double[] losses =
        [
            .. inputs.Select(x => Exponential(random) / (LossRate * Math.Exp(LossByDistance * x[Distance]))),
        ];
        return new(inputs, events, [.. events.Zip(losses, Math.Min)], [.. events.Zip(losses, (e, l) => e <= l)]);
    }

    /// <summary>The log hazard of a patient.</summary>
    public static double Product(double[] x, double[] coefficients) => x.Zip(coefficients, (a, b) => a * b).Sum();

    /// <summary>Some patients: inputs (n, 5), and targets (n, 2) of time and event.</summary>
    public TensorSet Set(int[] rows) =>
        new(
            tensor(rows.SelectMany(row => Inputs[row]).Select(x => (float)x).ToArray(), rows.Length, Names.Length),
            tensor(rows.SelectMany(row => (float[])[(float)Times[row], Events[row] ? 1 : 0]).ToArray(), rows.Length, 2)
        );

    static double Exponential(Random random) => -Math.Log(1 - random.NextDouble());

    static double Normal(Random random) =>
        Math.Sqrt(2 * Exponential(random)) * Math.Cos(2 * Math.PI * random.NextDouble());
}
