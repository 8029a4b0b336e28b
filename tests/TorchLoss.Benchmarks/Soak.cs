using TorchLoss.Cli.Losses;

namespace TorchLoss.Benchmarks;

/// <summary>Runs every loss that has a kernel for very long: no tensor may stay alive, and the process may not grow.</summary>
static class Soak
{
    /// <summary>Steps before the first look: heaps and compiled code have grown by then.</summary>
    const int Warm = 2000;

    const double MostMegabytes = 10;

    /// <summary>The longest side of a sample.</summary>
    const long Side = 8;

    /// <summary>Losses whose windows need larger samples, or that are small only with other options.</summary>
    static readonly Dictionary<string, (string Options, string Size)> special = new(StringComparer.Ordinal)
    {
        ["MSSSIMLoss"] = (":win_size=2", "1x1x32x32"), // five scales
        ["MAELoss"] = ("", "1x3x16x16"), // one patch
        ["SSIMLoss"] = ("", "2x1x16x16"), // windows of 11 pixels
    };

    /// <summary>Prints tensors and memory gained by so many training steps of each loss; false if any gained too much.</summary>
    /// <param name="steps">Forward and backward so many times.</param>
    /// <param name="names">Which losses; none: all that have a kernel.</param>
    public static bool Run(int steps, params ReadOnlySpan<string> names)
    {
        var passed = true;
        var count = 0;
        foreach (
            var info in names.IsEmpty
                ? LossCatalog.All
                : (IEnumerable<LossInfo>)names.ToArray().Select(n => LossSpec.Parse(n).Info)
        )
        {
            if (count == 0)
            {
                _ = Growth(info, steps); // what the process itself takes to get going is not the first loss's
            }

            if (Growth(info, steps) is not var (tensors, megabytes))
            {
                continue;
            }

            var good = tensors == 0 && megabytes < MostMegabytes;
            passed &= good;
            count++;
            Console.WriteLine(
                $"  {info.Name, -34} {tensors, 4} tensors {megabytes, 7:F1} MB{(good ? "" : "  TOO MUCH")}"
            );
        }

        Console.WriteLine($"{count} losses, {steps} steps each: {(passed ? "passed" : "FAILED")}");
        return passed;
    }

    /// <summary>What so many steps leave behind; null for a loss without a kernel.</summary>
    static (long Tensors, double Megabytes)? Growth(LossInfo info, int steps)
    {
        var (spec, size) = Sample(info);
        using var inputs = SampleInputs.For(spec, size)!;
        using var loss = info.Create(inputs.Options);
        Tensor[] leaves =
        [
            .. inputs.Tensors.Values.Where(x => x.requires_grad),
            .. (loss as nn.Module)?.parameters() ?? [],
        ];
        if (!HasKernel())
        {
            return null;
        }

        Repeat(Warm);
        var (tensors, bytes) = Now();
        Repeat(steps);
        var (tensorsAfter, bytesAfter) = Now();
        return (tensorsAfter - tensors, (bytesAfter - bytes) / 1e6);

        bool HasKernel()
        {
            using var suspension = Fusion.Suspend();
            Repeat(1);
            return suspension.Declined > 0;
        }

        void Repeat(int count)
        {
            for (var i = 0; i < count; i++)
            {
                using var scope = NewDisposeScope();
                var value = loss.Evaluate(inputs.Tensors);
                (value.dim() == 0 ? value : value.sum()).backward();
                Array.ForEach(leaves, leaf => leaf.grad = null);
            }
        }
    }

    /// <summary>A sample that is as small as the loss allows: what a step leaves behind does not depend on its size.</summary>
    static (LossSpec Loss, BenchSize Size) Sample(LossInfo info)
    {
        if (special.TryGetValue(info.Name, out var given))
        {
            return (LossSpec.Parse(info.Name + given.Options), BenchSize.Parse(given.Size)[0]);
        }

        // the windows of spectra and of mel filters
        var most = info.Options.Any(o => o.Name is "fft_size" or "fft_sizes" or "max_levels" or "filter_length")
            ? 2048
            : Side;
        var usual = BenchSize.Defaults(info)[0];
        return (LossSpec.Parse(info.Name), new([.. usual.Dims.Select(size => Math.Min(size, most))]));
    }

    static (long Tensors, long Bytes) Now()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        return (Tensor.TotalCount, Environment.WorkingSet);
    }
}
