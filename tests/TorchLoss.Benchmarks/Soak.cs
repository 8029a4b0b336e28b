namespace TorchLoss.Benchmarks;

/// <summary>Runs every loss that has a kernel for very long: no tensor may stay alive, and the process may not grow.</summary>
static class Soak
{
    /// <summary>Steps before the first look: heaps and compiled code have grown by then.</summary>
    const int Warm = 5000;

    /// <summary>Prints tensors and memory gained by so many training steps of each loss; false if any gained too much.</summary>
    public static bool Run(int steps)
    {
        const double MostMegabytes = 10;
        var passed = true;
        foreach (var loss in LossCatalog.All.Where(loss => loss.Kernel is "pointwise" or "softmax"))
        {
            var (tensors, megabytes) = Growth(loss, steps);
            var good = tensors == 0 && megabytes < MostMegabytes;
            passed &= good;
            Console.WriteLine(
                $"  {loss.Name, -34} {tensors, 4} tensors {megabytes, 7:F1} MB{(good ? "" : "  TOO MUCH")}"
            );
        }

        return passed;
    }

    static (long Tensors, double Megabytes) Growth(LossInfo info, int steps)
    {
        var isPointwise = info.Kernel is "pointwise";
        using var input = (isPointwise ? rand(16, 3) * 0.8 + 0.1 : randn(16, 10)).requires_grad_();
        using var target = isPointwise ? rand(16, 3).gt(0.5).to(float32) : randint(0, 10, 16);
        var inputs = new TensorArguments { [info.Inputs[0].Name] = input, [info.Inputs[1].Name] = target };
        using var loss = info.Create(new OptionValues());
        Repeat(Warm);
        var (tensors, bytes) = Now();
        Repeat(steps);
        var (tensorsAfter, bytesAfter) = Now();
        return (tensorsAfter - tensors, (bytesAfter - bytes) / 1e6);

        void Repeat(int count)
        {
            for (var i = 0; i < count; i++)
            {
                using var scope = NewDisposeScope();
                loss.Evaluate(inputs).backward();
                input.grad = null;
            }
        }
    }

    static (long Tensors, long Bytes) Now()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        return (Tensor.TotalCount, Environment.WorkingSet);
    }
}
