using System.Runtime.InteropServices;
using TorchLoss.Cli.Duels;
using TorchLoss.Cli.Losses;

namespace TorchLoss.Cli.Bench;

/// <summary>What a loss of some size takes, as in the JSON; null where there is no such thing.</summary>
/// <param name="Loss">The loss with its options.</param>
/// <param name="Size">The size of its first tensor.</param>
/// <param name="Threads">Torch's number of threads.</param>
/// <param name="FusedMs">Forward and backward of its kernel.</param>
/// <param name="ComposedMs">Forward and backward of its formula in torch operators.</param>
/// <param name="BuiltinMs">Forward and backward of the TorchSharp loss that does the same or comes closest.</param>
/// <param name="CopyMs">A copy of the first tensor.</param>
/// <param name="ForwardUs">Forward alone, as the loss runs by default, in microseconds.</param>
/// <param name="PeakExtraTensors">The most memory beyond the inputs during forward and backward, in tensors such as the first.</param>
/// <param name="ColdFusedMs">As FusedMs, in emptied heaps.</param>
/// <param name="ColdComposedMs">As ComposedMs, in emptied heaps.</param>
/// <param name="ColdBuiltinMs">As BuiltinMs, in emptied heaps.</param>
/// <param name="TriadMs">a = b + s·c over tensors such as the first, past the caches where they are large: what memory gives.</param>
/// <param name="BandwidthShare">The time that memory needs for all inputs and gradients, at the pace of the triad, over the loss's own: 1 is as fast as memory.</param>
sealed record BenchResult(
    string Loss,
    string Size,
    int Threads,
    double? FusedMs,
    double? ComposedMs,
    double? BuiltinMs,
    double? CopyMs,
    double? ForwardUs,
    double? PeakExtraTensors,
    double? ColdFusedMs,
    double? ColdComposedMs,
    double? ColdBuiltinMs,
    double? TriadMs,
    double? BandwidthShare
);

/// <summary>A result with how its times relate, round by round.</summary>
/// <param name="Result">The times.</param>
/// <param name="BuiltIn">The built-in loss, or null.</param>
/// <param name="OverComposed">How many times as fast the kernel is as torch operators.</param>
/// <param name="OverBuiltIn">How many times as fast the loss is as the built-in one.</param>
/// <param name="Copies">How many copies of the first tensor could be made meanwhile.</param>
/// <param name="ColdOverComposed">As OverComposed, in emptied heaps.</param>
/// <param name="ColdOverBuiltIn">As OverBuiltIn, in emptied heaps.</param>
sealed record Measured(
    BenchResult Result,
    string? BuiltIn,
    double? OverComposed,
    double? OverBuiltIn,
    double? Copies,
    double? ColdOverComposed,
    double? ColdOverBuiltIn
);

/// <summary>Measures one loss at one size.</summary>
static class Measurement
{
    /// <summary>Below this many bytes a tensor is lost in what the process takes for itself.</summary>
    const long LeastBytes = 1 << 20;

    /// <summary>Measures; null where the size does not fit the loss.</summary>
    /// <exception cref="UsageException">The loss refuses tensors of that size.</exception>
    public static Measured? Run(LossSpec loss, BenchSize size)
    {
        using var inputs = SampleInputs.For(loss, size);
        if (inputs is null)
        {
            return null;
        }

        using var ours = loss.Info.Create(inputs.Options);
        var theirs = Duel.HasCounterpart(loss.Info) ? BuiltInLoss.Create(loss.Info.BuiltIn!) : null;
        using var theirModule = theirs?.Module;
        Tensor[] leaves =
        [
            .. inputs.Tensors.Values.Where(x => x.requires_grad),
            .. (ours as nn.Module)?.parameters() ?? [],
        ];
        using var source = inputs.First.detach();
        using var copy = empty_like(source);
        using var triad = new Triad(source.numel());

        void Ours() => ForwardBackward(() => ours.Evaluate(inputs.Tensors), leaves);
        void Theirs() => ForwardBackward(() => theirs!.Call([.. inputs.Tensors.Values]), leaves);
        void Composed()
        {
            using var composed = Fusion.Suspend();
            Ours();
        }

        var fused = HasKernel(Ours, loss, size);
        var peak = Peak(Ours, inputs.First);
        Action? others = theirs is not null && Works(Theirs) ? Theirs : null;
        var times = Rounds.Measure(
            fused ? Ours : null,
            Composed,
            others,
            () => copy.copy_(source),
            () => Forward(() => ours.Evaluate(inputs.Tensors)),
            triad.Run
        );
        const int Kernel = 0;
        const int Operators = 1;
        const int BuiltIn = 2;
        const int Copy = 3;
        const int Value = 4;
        const int Memory = 5;
        var asIs = fused ? Kernel : Operators;
        var bytes = inputs.Tensors.Values.Concat(leaves).Sum(Bytes); // all is read, and a gradient written for what learns
        var large = source.numel() * sizeof(float) >= LeastBytes; // small tensors never ask the system for memory
        var cold = large ? Rounds.Cold(fused ? Ours : null, Composed, others) : Rounds.None(3);
        return new(
            new(
                loss.Title,
                size.ToString(),
                get_num_threads(),
                Short(times.Milliseconds(Kernel)),
                Short(times.Milliseconds(Operators)),
                Short(times.Milliseconds(BuiltIn)),
                Short(times.Milliseconds(Copy)),
                Short(times.Milliseconds(Value) * 1000),
                peak is { } tensors ? Math.Round(Math.Max(0, tensors), 2) : null,
                Short(cold.Milliseconds(Kernel)),
                Short(cold.Milliseconds(Operators)),
                Short(cold.Milliseconds(BuiltIn)),
                Short(times.Milliseconds(Memory)),
                Short(times.Ratio(Memory, asIs) * bytes / (Triad.ElementBytes * triad.Count))
            ),
            theirs?.Name,
            times.Ratio(Operators, Kernel),
            times.Ratio(BuiltIn, asIs),
            times.Ratio(asIs, Copy),
            cold.Ratio(Operators, Kernel),
            cold.Ratio(BuiltIn, asIs)
        );
    }

    /// <summary>Runs the loss with its kernel and without, and tells whether there is one.</summary>
    static bool HasKernel(Action ours, LossSpec loss, BenchSize size)
    {
        try
        {
            ours();
            using var suspension = Fusion.Suspend();
            ours();
            return suspension.Declined > 0;
        }
        catch (ArgumentException e)
        {
            throw new UsageException($"--sizes '{size}' for {loss.Title}: {e.Message.Split('\n')[0]}");
        }
    }

    /// <summary>The memory that a step of the loss as it is takes.</summary>
    static double? Peak(Action ours, Tensor first)
    {
        var bytes = first.numel() * sizeof(float);
        return bytes < LeastBytes ? null : PeakMemory.Of(ours) / (double)bytes;
    }

    /// <summary>A built-in loss may take other tensors than the one that names it.</summary>
    static bool Works(Action theirs)
    {
        try
        {
            theirs();
            return true;
        }
        catch (Exception e) when (e is ExternalException or ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }

    static void ForwardBackward(Func<Tensor> loss, Tensor[] leaves)
    {
        using var scope = NewDisposeScope();
        Total(loss()).backward();
        foreach (var leaf in leaves)
        {
            leaf.grad = null;
        }
    }

    static void Forward(Func<Tensor> loss)
    {
        using var constant = no_grad();
        using var scope = NewDisposeScope();
        loss();
    }

    static double Bytes(Tensor tensor) => tensor.numel() * (double)tensor.element_size();

    static Tensor Total(Tensor value) => value.dim() == 0 ? value : value.sum();

    /// <summary>Four digits: more are noise.</summary>
    static double? Short(double? value) =>
        value is { } v and > 0 ? Math.Round(v, Math.Clamp(3 - (int)Math.Floor(Math.Log10(v)), 0, 9)) : value;
}
