namespace TorchLoss;

/// <summary>The shapes of <see cref="LossWeightSchedule"/>.</summary>
public enum ScheduleKind
{
    /// <summary>A straight line.</summary>
    Linear,

    /// <summary>Half a cosine: flat at both ends.</summary>
    Cosine,

    /// <summary>The same factor at each step; start and end must have one sign and not be 0.</summary>
    Exponential,

    /// <summary>A power of what is left to go.</summary>
    Polynomial,

    /// <summary>e^(−5 (1 − x)²), slow at first (Laine and Aila).</summary>
    SigmoidRampup,

    /// <summary>A straight line and a rest, several times over (Fu et al.).</summary>
    Cyclical,

    /// <summary>start · gamma^⌊step / step_size⌋, from step 0 on, without end.</summary>
    Step,
}

/// <summary>A number that changes while training, of which a part of a loss is made.</summary>
public abstract class Schedule : Part
{
    /// <summary>The number at a step, from 0.</summary>
    public abstract double At(long step);

    /// <inheritdoc/>
    public override Tensor Run(TensorArguments inputs)
    {
        var step = inputs.Need("step", GetType().Name);
        InputCheck.Indices(step, GetType().Name);
        using var steps = step.cpu().contiguous();
        return tensor(steps.data<long>().ToArray().Select(At).ToArray(), step.shape, device: step.device);
    }
}

/// <summary>A number that changes while training: a loss's weight, temperature, margin. A pure function of the step.</summary>
/// <remarks>
/// With <c>x = clamp((step − warmup) / (total_steps − warmup), 0, 1)</c> it goes from start (x = 0) to end (x = 1). Being a function of
/// the step, there is nothing to save, and a resumed run goes on with the same numbers.
/// </remarks>
/// <param name="kind">The shape.</param>
/// <param name="start">The number at first.</param>
/// <param name="end">The number at last.</param>
/// <param name="total_steps">The step from which on it is end.</param>
/// <param name="warmup">The step until which it is start.</param>
/// <param name="power">The power of polynomial.</param>
/// <param name="cycles">How often cyclical starts anew.</param>
/// <param name="ratio">The share of each cycle that rises; the rest of it stays at end.</param>
/// <param name="gamma">The factor of step.</param>
/// <param name="step_size">How many steps each factor of step lasts.</param>
[Part(
    Source = "Laine and Aila 2017, Temporal Ensembling, arXiv:1610.02242; Fu et al. 2019, Cyclical Annealing Schedule, arXiv:1903.10145"
)]
public sealed partial class LossWeightSchedule(
    ScheduleKind kind,
    [Finite] double start,
    [Finite] double end,
    [AtLeast(0)] long total_steps,
    [AtLeast(0)] long warmup = 0,
    [Positive] double power = 1.0,
    [AtLeast(1)] long cycles = 4,
    [Between(0, 1, LowOpen = true)] double ratio = 0.5,
    [Positive] double gamma = 0.1,
    [AtLeast(1)] long step_size = 1
) : Schedule
{
    readonly double start = start_range.Check(start, nameof(LossWeightSchedule), nameof(start));

    readonly double end = end_range.Check(end, nameof(LossWeightSchedule), nameof(end));

    readonly long total = total_steps_range.Check(total_steps, nameof(LossWeightSchedule), nameof(total_steps));

    readonly long warmup = warmup_range.Check(warmup, nameof(LossWeightSchedule), nameof(warmup));

    readonly double power = power_range.Check(power, nameof(LossWeightSchedule), nameof(power));

    readonly long cycles = cycles_range.Check(cycles, nameof(LossWeightSchedule), nameof(cycles));

    readonly double ratio = ratio_range.Check(ratio, nameof(LossWeightSchedule), nameof(ratio));

    readonly double gamma = gamma_range.Check(gamma, nameof(LossWeightSchedule), nameof(gamma));

    readonly long step_size = step_size_range.Check(step_size, nameof(LossWeightSchedule), nameof(step_size));

    readonly ScheduleKind kind =
        kind is not ScheduleKind.Exponential || start * end > 0
            ? kind
            : throw new ArgumentException(
                $"{nameof(LossWeightSchedule)}: exponential needs start and end of one sign and not 0, got {start} and {end}.",
                nameof(start)
            );

    /// <inheritdoc/>
    public override double At(long step)
    {
        var x = Math.Clamp((step - warmup) / (double)Math.Max(total - warmup, 1), 0, 1);
        return kind switch
        {
            ScheduleKind.Linear => Between(x),
            ScheduleKind.Cosine => Between((1 - Math.Cos(Math.PI * x)) / 2),
            ScheduleKind.Exponential => start * Math.Pow(end / start, x),
            ScheduleKind.Polynomial => Between(1 - Math.Pow(1 - x, power)),
            ScheduleKind.SigmoidRampup => Between(Math.Exp(-5 * (1 - x) * (1 - x))),
            ScheduleKind.Cyclical => Between(Math.Min(x * cycles % 1 / ratio, 1)),
            _ => start * Math.Pow(gamma, Math.Max(step, 0) / step_size),
        };
    }

    double Between(double share) => start + (end - start) * share;
}
