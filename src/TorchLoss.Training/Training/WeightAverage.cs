using System.Text.Json.Serialization;

namespace TorchLoss.Training;

/// <summary>
/// An average of the weights along the way, which often does better than the last weights. It is measured on the validation part
/// and kept by checkpoints; a run that ends gives it to the model.
/// </summary>
/// <remarks>
/// All floating-point tensors of the state_dict are averaged, running statistics of batch norm among them; whole numbers are
/// copied.
/// </remarks>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(ExponentialAverage), "ema")]
[JsonDerivedType(typeof(StochasticAverage), "swa")]
public abstract record WeightAverage
{
    /// <summary>How much of the average new weights replace; 0 leaves it.</summary>
    /// <param name="taken">How many weights are in it.</param>
    /// <param name="done">The share of the run that is done.</param>
    /// <param name="epochEnds">Whether the update was the last of its epoch.</param>
    internal abstract double Share(long taken, double done, bool epochEnds);
}

/// <summary>
/// Exponential moving average (EMA; Polyak and Juditsky 1992, in this form Tarvainen and Valpola 2017, arXiv:1703.01780): after
/// each update the average keeps the share d and takes 1 - d of the new weights.
/// </summary>
/// <param name="Decay">
/// The share d that is kept, from 0 to below 1. The first updates keep less, (1 + n) / (10 + n), so that the average soon forgets
/// the initial weights.
/// </param>
public sealed record ExponentialAverage(double Decay = 0.999) : WeightAverage
{
    internal override double Share(long taken, double done, bool epochEnds) =>
        taken == 0 ? 1 : 1 - Math.Min(Decay, (1.0 + taken) / (10 + taken));
}

/// <summary>
/// Stochastic weight averaging (SWA; Izmailov, Podoprikhin, Garipov, Vetrov and Wilson 2018, arXiv:1803.05407): the plain mean of the
/// weights at the ends of the last epochs.
/// </summary>
/// <param name="Start">The share of the run after which epochs count, from 0 to 1.</param>
public sealed record StochasticAverage(double Start = 0.75) : WeightAverage
{
    internal override double Share(long taken, double done, bool epochEnds) =>
        epochEnds && done >= Start ? 1.0 / (taken + 1) : 0;
}
