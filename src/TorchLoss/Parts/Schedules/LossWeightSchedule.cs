namespace TorchLoss;

/// <summary>How a scheduled value goes from its start to its end.</summary>
public enum ScheduleKind
{
    /// <summary>In a straight line.</summary>
    Linear,

    /// <summary>Along half a cosine: slowly at both ends.</summary>
    Cosine,

    /// <summary>By the same factor each step; start and end must have one sign and not be 0.</summary>
    Exponential,

    /// <summary>As the rest of the way to a power: fast first where it is above 1.</summary>
    Polynomial,

    /// <summary>exp(−5 (1 − x)²) of the way: late and then fast, as consistency losses of semi-supervised training want it.</summary>
    SigmoidRampup,

    /// <summary>Rises in a line and stays, several times over: keeps a latent-variable model from ignoring its latents.</summary>
    Cyclical,

    /// <summary>Times gamma after every step_size steps; end, total_steps and warmup do not matter.</summary>
    Step,
}

/// <summary>A value that changes while training: the weight of a loss, its focusing strength, a temperature, a margin.</summary>
/// <param name="total_steps">The step at which the end is reached; it stays there.</param>
/// <param name="kind">The way from start to end.</param>
/// <param name="start">The value at the beginning.</param>
/// <param name="end">The value from total_steps on.</param>
/// <param name="warmup">Steps at the beginning that keep the start.</param>
/// <param name="power">Exponent of the kind polynomial.</param>
/// <param name="cycles">How often the kind cyclical rises.</param>
/// <param name="ratio">Share of each cycle in which it rises.</param>
/// <param name="gamma">Factor of the kind step.</param>
/// <param name="step_size">How many steps the kind step keeps a value.</param>
[Part(Source = "Laine and Aila 2017, arXiv:1610.02242; Fu et al. 2019, arXiv:1903.10145")]
public sealed partial class LossWeightSchedule(
    [AtLeast(0)] long total_steps,
    ScheduleKind kind = ScheduleKind.Linear,
    [Finite] double start = 0,
    [Finite] double end = 1,
    [AtLeast(0)] long warmup = 0,
    [Positive] double power = 1,
    [AtLeast(1)] long cycles = 4,
    [Between(0, 1, LowOpen = true)] double ratio = 0.5,
    [AtLeast(0)] double gamma = 0.1,
    [AtLeast(1)] long step_size = 1
) : Schedule
{
    const double RampupSteepness = 5;

    readonly long _first = warmup_range.Check(warmup, nameof(LossWeightSchedule), nameof(warmup));
    readonly long _length = Length(
        total_steps_range.Check(total_steps, nameof(LossWeightSchedule), nameof(total_steps)),
        warmup
    );
    readonly double _start = Start(start_range.Check(start, nameof(LossWeightSchedule), nameof(start)), end, kind);
    readonly double _end = end_range.Check(end, nameof(LossWeightSchedule), nameof(end));
    readonly double _power = power_range.Check(power, nameof(LossWeightSchedule), nameof(power));
    readonly long _cycles = cycles_range.Check(cycles, nameof(LossWeightSchedule), nameof(cycles));
    readonly double _ratio = ratio_range.Check(ratio, nameof(LossWeightSchedule), nameof(ratio));
    readonly double _gamma = gamma_range.Check(gamma, nameof(LossWeightSchedule), nameof(gamma));
    readonly long _stepSize = step_size_range.Check(step_size, nameof(LossWeightSchedule), nameof(step_size));

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">The step is negative.</exception>
    public override double At(long step)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        if (kind is ScheduleKind.Step)
        {
            return _start * Math.Pow(_gamma, step / _stepSize);
        }

        var done = Math.Clamp(step - _first, 0, _length);
        var share =
            _length > 0 ? (double)done / _length
            : step > _first ? 1
            : 0;
        return kind is ScheduleKind.Exponential
            ? _start * Math.Pow(_end / _start, share)
            : _start + (_end - _start) * Way(done, share);
    }

    /// <summary>How much of the way from start to end is behind.</summary>
    double Way(long done, double share) =>
        kind switch
        {
            ScheduleKind.Linear => share,
            ScheduleKind.Cosine => (1 - Math.Cos(Math.PI * share)) / 2,
            ScheduleKind.Polynomial => 1 - Math.Pow(1 - share, _power),
            ScheduleKind.SigmoidRampup => Math.Exp(-RampupSteepness * (1 - share) * (1 - share)),
            _ => Math.Min(1, InCycle(done) / _ratio),
        };

    /// <summary>The share of the present cycle, in whole numbers: a rounded share would put the last step of a cycle into the next.</summary>
    double InCycle(long done) => _length > 0 ? (double)(done * _cycles % _length) / _length : 0;

    static long Length(long total_steps, long warmup) =>
        total_steps >= warmup
            ? total_steps - warmup
            : throw new ArgumentOutOfRangeException(
                nameof(warmup),
                $"{nameof(LossWeightSchedule)}: warmup must be at most total_steps ({total_steps}), got {warmup}."
            );

    static double Start(double start, double end, ScheduleKind kind) =>
        kind is not ScheduleKind.Exponential || start * end > 0
            ? start
            : throw new ArgumentOutOfRangeException(
                nameof(start),
                $"{nameof(LossWeightSchedule)}: an exponential way needs start and end of one sign, not 0; got {start} and {end}."
            );
}
