namespace TorchLoss.Training;

/// <summary>A learning rate and what the loss was with it.</summary>
/// <param name="Rate">The learning rate of the update.</param>
/// <param name="Loss">The loss of the batch before it.</param>
/// <param name="Smooth">The losses so far, smoothed.</param>
public sealed record RatePoint(double Rate, double Loss, double Smooth);

/// <summary>What a search for a learning rate came to.</summary>
/// <param name="Curve">The points, with rising rates.</param>
/// <param name="Suggestion">The rate at which the smoothed loss falls most steeply; null where it never falls.</param>
/// <param name="Diverged">Whether the loss ran away before the last rate, as it should for the curve to be whole.</param>
public sealed record RateSearch(IReadOnlyList<RatePoint> Curve, double? Suggestion, bool Diverged);

/// <summary>
/// Finds a learning rate: trains with rates that rise by a factor from update to update until the loss runs away (Smith 2017,
/// Cyclical Learning Rates for Training Neural Networks, arXiv:1506.01186, section 3.3).
/// </summary>
public static class LearningRateFinder
{
    const double Memory = 0.9;
    const double TooMuch = 4;

    /// <summary>Tries rates. Model, loss, optimizer and random state are afterwards what they were.</summary>
    /// <param name="trainer">The trainer, before or after training.</param>
    /// <param name="data">What to learn from.</param>
    /// <param name="from">The lowest rate.</param>
    /// <param name="to">The highest rate.</param>
    /// <param name="updates">How many rates, at least 3.</param>
    public static RateSearch Run(Trainer trainer, SampleSet data, double from = 1e-6, double to = 1, int updates = 100)
    {
        if (!(from > 0 && to > from && double.IsFinite(to)) || updates < 3)
            throw new ArgumentException(
                $"rates must rise from above 0 in 3 or more steps, not {from} to {to} in {updates}"
            );
        using var here = data.To(Devices.Parse(trainer.Options.Device));
        using var batches = new Batcher(here, trainer.Options.BatchSize, trainer.Options.Seed, trainer.Options.Shuffle);
        using var before = new TrainerSnapshot(trainer);
        trainer.Model.train();
        trainer.Loss.Module?.train();
        var curve = new List<RatePoint>();
        var initial = trainer.Optimizer.ParamGroups.First().InitialLearningRate;
        var at = new TrainingPosition();
        var average = 0.0;
        for (var i = 0; i < updates; i++)
        {
            var rate = from * Math.Pow(to / from, (double)i / (updates - 1));
            if (Try(trainer, batches, ref at, rate / initial, curve.Count == 0) is not { } loss)
                return new(curve, Steepest(curve), true);
            average = Memory * average + (1 - Memory) * loss;
            curve.Add(new(rate, loss, average / (1 - Math.Pow(Memory, i + 1)))); // without the pull of the first 0
            if (RunsAway(curve))
                return new(curve, Steepest(curve), true);
        }
        return new(curve, Steepest(curve), false);
    }

    /// <summary>The loss of an update; null where it is not finite.</summary>
    static double? Try(Trainer trainer, Batcher batches, ref TrainingPosition at, double factor, bool first)
    {
        try
        {
            if (at.Batch >= batches.Count)
                at = at with { Batch = 0, Epoch = at.Epoch + 1 };
            (at, var loss) = trainer.Try(batches, at, factor);
            return loss;
        }
        catch (TrainingException) when (!first)
        {
            return null; // what the first update cannot do is a mistake, what a later one cannot is too high a rate
        }
    }

    static bool RunsAway(List<RatePoint> curve)
    {
        var (start, best) = (curve[0].Smooth, curve.Min(point => point.Smooth));
        return curve[^1].Smooth - best > (TooMuch - 1) * Math.Max(Math.Abs(best), Math.Abs(start - best));
    }

    /// <summary>Rates are equally far apart in their logarithm, so the largest fall between neighbours is the steepest place.</summary>
    static double? Steepest(List<RatePoint> curve)
    {
        var falls = curve.Zip(curve.Skip(2), (a, b) => a.Smooth - b.Smooth).ToArray();
        var best = falls.Length == 0 ? -1 : Array.IndexOf(falls, falls.Max());
        return best >= 0 && falls[best] > 0 ? curve[best + 1].Rate : null;
    }
}
