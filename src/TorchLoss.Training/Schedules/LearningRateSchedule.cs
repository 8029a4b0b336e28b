using System.Text.Json.Serialization;

namespace TorchLoss.Training;

/// <summary>
/// What the learning rate is multiplied by at each step. A pure function of the step and the epochs done, so a resumed run needs
/// nothing else.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(ConstantSchedule), "constant")]
[JsonDerivedType(typeof(StepSchedule), "step")]
[JsonDerivedType(typeof(CosineSchedule), "cosine")]
[JsonDerivedType(typeof(WarmupCosineSchedule), "warmup-cosine")]
[JsonDerivedType(typeof(OneCycleSchedule), "one-cycle")]
[JsonDerivedType(typeof(PlateauSchedule), "plateau")]
public abstract record LearningRateSchedule
{
    /// <summary>The names <see cref="Parse"/> knows.</summary>
    public static IReadOnlyList<string> Names { get; } =
    ["constant", "step", "cosine", "warmup-cosine", "one-cycle", "plateau"];

    /// <summary>The factor at a step.</summary>
    /// <param name="step">The update, counted from 0.</param>
    /// <param name="steps">How many updates the whole run has.</param>
    public double Factor(long step, long steps) => At(steps <= 1 ? 0 : Math.Clamp((double)step / (steps - 1), 0, 1));

    /// <summary>The factor at a step of a run whose epochs so far are known.</summary>
    /// <param name="step">The update, counted from 0.</param>
    /// <param name="steps">How many updates the whole run has.</param>
    /// <param name="history">The epochs done.</param>
    public virtual double Factor(long step, long steps, IReadOnlyList<EpochRecord> history) => Factor(step, steps);

    /// <summary>The schedule of that name with its default options.</summary>
    /// <exception cref="ArgumentException">There is none of that name.</exception>
    public static LearningRateSchedule Parse(string name) =>
        name switch
        {
            "constant" => new ConstantSchedule(),
            "step" => new StepSchedule(),
            "cosine" => new CosineSchedule(),
            "warmup-cosine" => new WarmupCosineSchedule(),
            "one-cycle" => new OneCycleSchedule(),
            "plateau" => new PlateauSchedule(),
            _ => throw new ArgumentException($"schedule '{name}' is not one of {string.Join(", ", Names)}"),
        };

    /// <summary>The factor where a share of the run, from 0 to 1, is done.</summary>
    protected abstract double At(double done);

    /// <summary>Half a cosine from one factor to another.</summary>
    protected static double Cosine(double from, double to, double done) =>
        to + (from - to) * (1 + Math.Cos(Math.PI * done)) / 2;
}

/// <summary>The same rate all the time.</summary>
public sealed record ConstantSchedule : LearningRateSchedule
{
    /// <inheritdoc/>
    protected override double At(double done) => 1;
}

/// <summary>Falls by a factor at equal distances.</summary>
/// <param name="Drops">How often it falls.</param>
/// <param name="Gamma">The factor of each fall.</param>
public sealed record StepSchedule(int Drops = 3, double Gamma = 0.1) : LearningRateSchedule
{
    /// <inheritdoc/>
    protected override double At(double done) => Math.Pow(Gamma, Math.Min(Drops, Math.Floor(done * (Drops + 1))));
}

/// <summary>Falls along half a cosine (Loshchilov and Hutter 2017).</summary>
/// <param name="Final">The factor at the end.</param>
public sealed record CosineSchedule(double Final = 0) : LearningRateSchedule
{
    /// <inheritdoc/>
    protected override double At(double done) => Cosine(1, Final, done);
}

/// <summary>Rises in a straight line from a hundredth, then falls along half a cosine.</summary>
/// <param name="Warmup">The share of the run in which it rises.</param>
/// <param name="Final">The factor at the end.</param>
public sealed record WarmupCosineSchedule(double Warmup = 0.1, double Final = 0) : LearningRateSchedule
{
    const double Start = 0.01;

    /// <inheritdoc/>
    protected override double At(double done) =>
        done < Warmup
            ? Start + (1 - Start) * done / Warmup
            : Cosine(1, Final, Warmup < 1 ? (done - Warmup) / (1 - Warmup) : 0);
}

/// <summary>Rises and falls along two half cosines (Smith and Topin 2019, as PyTorch has it).</summary>
/// <param name="Rise">The share of the run in which it rises.</param>
/// <param name="Start">The factor at the beginning.</param>
/// <param name="Final">The factor at the end.</param>
public sealed record OneCycleSchedule(double Rise = 0.3, double Start = 0.04, double Final = 4e-6)
    : LearningRateSchedule
{
    /// <inheritdoc/>
    protected override double At(double done) =>
        done < Rise ? Cosine(Start, 1, done / Rise) : Cosine(1, Final, Rise < 1 ? (done - Rise) / (1 - Rise) : 0);
}
