namespace TorchLoss.Tests.Catalogue;

/// <summary>What must hold for every loss. Each law gives null, or in words what is broken.</summary>
/// <remarks>Laws are functions of a card, so that the tests of the tests can run them on losses with a planted fault.</remarks>
static class Laws
{
    static Tensor Call(LossInfo loss, TensorArguments inputs, OptionValues? options = null) =>
        Samples.Call(loss, inputs, options ?? Samples.Options(loss));

    static OptionValues With(LossInfo loss, string option, object? value) =>
        new(Samples.Options(loss)) { [option] = value };

    public static bool HasReduction(LossInfo loss) =>
        loss.Options.Any(o => o.Name == "reduction" && o.Type == typeof(Reduction));

    public static string? Gradient(LossInfo loss) => GradCheck.First(x => Call(loss, x), Samples.All(loss));

    public static string? SecondGradient(LossInfo loss) => GradCheck.Second(x => Call(loss, x), Samples.All(loss));

    public static string? UnreducedGradient(LossInfo loss) =>
        HasReduction(loss)
            ? GradCheck.First(x => Call(loss, x, With(loss, "reduction", Reduction.None)), Samples.All(loss))
            : null;

    /// <summary>The module and its functional twin give the same bits.</summary>
    public static string? ModuleIsFunction(LossInfo loss)
    {
        using var scope = NewDisposeScope();
        using var created = loss.Create(Samples.Options(loss));
        var module = (nn.Module)created;
        module.to(ScalarType.Float64);
        var inputs = Samples.Inputs(loss);
        var all = new TensorArguments();
        foreach (var (name, tensor) in inputs)
        {
            all[name] = tensor;
        }

        foreach (var own in loss.OwnTensors)
        {
            all[own.Name] =
                module
                    .named_parameters()
                    .Concat(
                        module.named_buffers().Select(b => (b.name, parameter: (TorchSharp.Modules.Parameter)null!))
                    )
                    .First(p => p.name == own.Name)
                    .parameter
                ?? module.get_buffer(own.Name)!.clone();
        }

        return Same("module and function", created.Evaluate(inputs), Call(loss, all), 0);
    }

    /// <summary>Each element of an unreduced formula loss is the formula on plain doubles.</summary>
    public static string? IsReference(LossInfo loss)
    {
        if (loss.Reference is null || loss.Kernel != "pointwise" || !HasReduction(loss))
        {
            return null;
        }

        using var scope = NewDisposeScope();
        var inputs = Samples.Inputs(loss);
        var value = Call(loss, inputs, With(loss, "reduction", Reduction.None)).detach().data<double>().ToArray();
        var columns = inputs.Values.Select(t => t.detach().contiguous().data<double>().ToArray()).ToArray();
        for (var i = 0; i < value.Length; i++)
        {
            var reference = loss.Reference([.. columns.Select(c => c[i])], Samples.Options(loss));
            if (!(Math.Abs(value[i] - reference) <= 1e-12 * Math.Max(1, Math.Abs(reference))))
            {
                return $"element {i} is {value[i]:R}, the formula on doubles gives {reference:R}";
            }
        }

        return null;
    }

    /// <summary>Sum is the sum of none; mean is the sum divided by how many there are.</summary>
    public static string? Reductions(LossInfo loss)
    {
        if (!HasReduction(loss))
        {
            return null;
        }

        using var scope = NewDisposeScope();
        var inputs = Samples.All(loss);
        var none = Call(loss, inputs, With(loss, "reduction", Reduction.None));
        var sum = Call(loss, inputs, With(loss, "reduction", Reduction.Sum));
        var mean = Call(loss, inputs, With(loss, "reduction", Reduction.Mean));
        return sum.dim() != 0 ? $"sum has shape ({string.Join(", ", sum.shape)})"
            : mean.dim() != 0 ? $"mean has shape ({string.Join(", ", mean.shape)})"
            : (
                Exceptions.SumIsNotSumOfNone.ContainsKey(loss.Name)
                    ? null
                    : Same("sum and the sum of none", sum, none.sum(), 1e-12)
            )
                ?? (
                    Exceptions.MeanIsNotSumByCount.ContainsKey(loss.Name)
                        ? null
                        : Same("mean and the mean of none", mean, none.mean(), 1e-12)
                );
    }

    /// <summary>The order of the samples does not matter.</summary>
    public static string? BatchOrder(LossInfo loss)
    {
        using var scope = NewDisposeScope();
        var inputs = Samples.All(loss);
        var first = loss.Inputs[0].Shape.Split(' ')[0];
        var n = inputs.First(i => loss.Inputs[0].Holds(i.Key)).Value.shape[0];
        var order = tensor(Enumerable.Range(0, (int)n).Select(i => (long)(n - 1 - i)).ToArray());
        var permuted = new TensorArguments();
        foreach (var (name, tensor) in inputs)
        {
            var info = loss.Inputs.FirstOrDefault(i => i.Holds(name));
            permuted[name] = info?.Shape.Split(' ')[0] == first ? tensor.index_select(0, order) : tensor;
        }

        var scalar = HasReduction(loss) ? With(loss, "reduction", Reduction.Mean) : Samples.Options(loss);
        return Same(
            "value and value of the permuted batch",
            Call(loss, inputs, scalar),
            Call(loss, permuted, scalar),
            1e-11
        );
    }

    /// <summary>A finite value and a finite gradient, whatever the size of the model's output.</summary>
    public static string? Extremes(LossInfo loss, double scale, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        var inputs = Samples.All(loss, dtype);
        foreach (var (name, tensor) in inputs.ToList())
        {
            if (loss.Inputs.Any(i => IsUnbounded(i.Role) && i.Holds(name)))
            {
                var grown = (tensor.detach() * scale).to(dtype);
                inputs[name] = tensor.requires_grad ? grown.requires_grad_() : grown;
            }
        }

        return Finite(loss, inputs);
    }

    /// <summary>A finite value and gradient where all samples are equal, and where a prediction is exactly its target.</summary>
    public static string? Identical(LossInfo loss)
    {
        using var scope = NewDisposeScope();
        var inputs = Samples.All(loss, ScalarType.Float32);
        foreach (var (name, tensor) in inputs.ToList())
        {
            if (tensor.requires_grad && tensor.dim() > 0 && loss.Inputs.Any(i => i.Holds(name)))
            {
                inputs[name] = tensor.detach()[0].unsqueeze(0).expand(tensor.shape).contiguous().requires_grad_();
            }
        }

        return Finite(loss, inputs);
    }

    static string? Finite(LossInfo loss, TensorArguments inputs)
    {
        var value = Call(loss, inputs);
        if (!value.isfinite().all().item<bool>())
        {
            return $"value is {value.sum().to(ScalarType.Float64).item<double>()}";
        }

        if (!value.requires_grad)
        {
            return "value is not connected to the graph";
        }

        value.sum().backward();
        return Samples
            .Differentiable(inputs)
            .Where(i => i.Value.grad is { } g && !g.isfinite().all().item<bool>())
            .Select(i => $"gradient of {i.Key} is not finite")
            .FirstOrDefault();
    }

    static bool IsUnbounded(Role role) =>
        role
            is Role.Prediction
                or Role.Target
                or Role.Logits
                or Role.LogLikelihood
                or Role.Embedding
                or Role.Points
                or Role.Waveform;

    /// <summary>Half precision computes in float32: as near to the truth as its inputs are.</summary>
    public static string? LowPrecision(LossInfo loss, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        var low = Samples.All(loss, dtype);
        var high = new TensorArguments();
        foreach (var (name, tensor) in low)
        {
            high[name] = tensor.is_floating_point() ? tensor.detach().to(ScalarType.Float64) : tensor;
        }

        var value = Call(loss, low);
        return value.dtype is not ScalarType.Float32
            ? $"{dtype} inputs give {value.dtype}, expected Float32"
            : Same($"{dtype} and float64", value.to(ScalarType.Float64), Call(loss, high), 1e-4);
    }

    /// <summary>float32 (the fused path, where there is one) agrees with float64 in value and gradient, also for a large batch.</summary>
    public static string? SinglePrecision(LossInfo loss, long? batch)
    {
        using var scope = NewDisposeScope();
        var high = Samples.All(loss, batch: batch);
        var low = new TensorArguments();
        foreach (var (name, tensor) in high)
        {
            var copy = tensor.is_floating_point() ? tensor.detach().to(ScalarType.Float32) : tensor;
            low[name] = tensor.requires_grad ? copy.requires_grad_() : copy;
        }

        var (exact, value) = (Call(loss, high), Call(loss, low));
        exact.sum().backward();
        value.sum().backward();
        return Same("float32 and float64 value", value.to(ScalarType.Float64), exact, 2e-5)
            ?? Samples
                .Differentiable(high)
                .Where(i => i.Value.grad is not null)
                .Select(i =>
                {
                    var scale = Math.Max(1e-30, i.Value.grad!.abs().max().item<double>());
                    var got = low[i.Key].grad is { } g ? g.to(ScalarType.Float64) : zeros_like(i.Value);
                    return Same($"float32 and float64 gradient of {i.Key}", got / scale, i.Value.grad! / scale, 2e-4);
                })
                .FirstOrDefault(w => w is not null);
    }

    /// <summary>Transposed, expanded and offset memory gives the same value and gradient as contiguous memory.</summary>
    public static string? Layout(LossInfo loss)
    {
        using var scope = NewDisposeScope();
        var plain = Samples.All(loss);
        var strided = new TensorArguments();
        foreach (var (name, tensor) in plain)
        {
            // every second element of a twice as large memory
            var doubled = stack([tensor.detach(), zeros_like(tensor.detach())], tensor.dim());
            var view = doubled.select(tensor.dim(), 0);
            strided[name] = tensor.requires_grad ? view.requires_grad_() : view;
        }

        var (a, b) = (Call(loss, plain), Call(loss, strided));
        a.sum().backward();
        b.sum().backward();
        return Same("contiguous and strided value", a, b, 1e-12)
            ?? Samples
                .Differentiable(plain)
                .Where(i => i.Value.grad is not null)
                .Select(i =>
                    Same($"contiguous and strided gradient of {i.Key}", i.Value.grad!, strided[i.Key].grad!, 1e-11)
                )
                .FirstOrDefault(w => w is not null);
    }

    /// <summary>A batch of one gives a finite value.</summary>
    public static string? BatchOfOne(LossInfo loss)
    {
        using var scope = NewDisposeScope();
        return Finite(loss, Samples.All(loss, ScalarType.Float32, batch: 1));
    }

    /// <summary>Exactly one tensor outlives a call: the result.</summary>
    public static string? Leaks(LossInfo loss, ScalarType dtype)
    {
        var inputs = Samples.All(loss, dtype);
        var options = Samples.Options(loss);
        using var scope = NewDisposeScope();
        Call(loss, inputs, options);
        var left = scope.DisposablesCount;
        return left == 1 ? null : $"{left} tensors outlive a call";
    }

    /// <summary>The same bits in eight runs with two threads, value and gradient.</summary>
    public static string? Deterministic(LossInfo loss)
    {
        using var scope = NewDisposeScope();
        var template = Samples.All(loss, ScalarType.Float32);
        (double, double[]) Run()
        {
            var inputs = Copy(template);
            var value = Call(loss, inputs);
            value.sum().backward();
            var gradients = Samples
                .Differentiable(inputs)
                .Where(i => i.Value.grad is not null)
                .Select(i => i.Value.grad!.to(ScalarType.Float64).sum().item<double>());
            return (value.sum().to(ScalarType.Float64).item<double>(), [.. gradients]);
        }

        var first = Run();
        for (var i = 0; i < 7; i++)
        {
            var again = Run();
            if (again.Item1 != first.Item1 || !again.Item2.SequenceEqual(first.Item2))
            {
                return $"run {i + 2} gives other bits";
            }
        }

        return null;
    }

    static TensorArguments Copy(TensorArguments inputs)
    {
        var copies = new TensorArguments();
        foreach (var (name, tensor) in inputs)
        {
            var copy = tensor.detach().clone();
            copies[name] = tensor.requires_grad ? copy.requires_grad_() : copy;
        }

        return copies;
    }

    /// <summary>Every value outside an option's range is refused by constructor and function, naming the option.</summary>
    public static string? Ranges(LossInfo loss)
    {
        var inputs = Samples.All(loss);
        foreach (var option in loss.Options.Where(o => o.Range is not null))
        {
            foreach (
                var bad in new[] { -1e6, -1, 0, 1, 2, 1e6, double.NaN, double.PositiveInfinity }.Where(v =>
                    !option.Range!.Contains(v)
                )
            )
            {
                object? value =
                    option.Type == typeof(double) ? bad
                    : option.Type == typeof(long) && double.IsFinite(bad) ? (long)bad
                    : option.Type == typeof(IReadOnlyList<double>) ? (double[])[bad]
                    : null;
                if (value is null)
                {
                    continue;
                }

                var options = With(loss, option.Name, value);
                if (
                    !Refuses(() => loss.Create(options).Dispose(), option.Name)
                    || !Refuses(() => Call(loss, inputs, options), option.Name)
                )
                {
                    return $"{option.Name} = {bad} is not refused by name";
                }
            }
        }

        return null;
    }

    static bool Refuses(Action action, string option)
    {
        try
        {
            action();
            return false;
        }
        catch (ArgumentOutOfRangeException e)
        {
            return e.ParamName == option;
        }
    }

    /// <summary><c>.to(dtype)</c> moves parameters, floating buffers and the state_dict together.</summary>
    public static string? Moves(LossInfo loss)
    {
        using var scope = NewDisposeScope();
        var options = Samples.Options(loss);
        foreach (var option in loss.Options.Where(o => o.Type == typeof(Tensor)))
        {
            options[option.Name] = ones(4);
        }

        using var created = loss.Create(options);
        var module = (nn.Module)created;
        foreach (var dtype in new[] { ScalarType.Float64, ScalarType.Float32, ScalarType.Float64 })
        {
            module.to(dtype);
            var stale = module
                .state_dict()
                .Where(t => t.Value.is_floating_point() && t.Value.dtype != dtype)
                .Select(t => t.Key)
                .ToList();
            if (stale.Count > 0)
            {
                return $"{string.Join(", ", stale)} stays behind when the module moves to {dtype}";
            }
        }

        var missing = loss
            .OwnTensors.Select(t => t.Name)
            .Concat(loss.Options.Where(o => o.Type == typeof(Tensor)).Select(o => o.Name))
            .Except(module.state_dict().Keys)
            .ToList();
        return missing.Count == 0 ? null : $"{string.Join(", ", missing)} is not in the state_dict";
    }

    /// <summary>Weight 2 is the sample twice, weight 0 is no sample.</summary>
    public static string? SampleWeights(LossInfo loss)
    {
        if (!loss.Inputs.Any(i => i.Name == "sample_weight") || Exceptions.SampleWeight.ContainsKey(loss.Name))
        {
            return null;
        }

        using var scope = NewDisposeScope();
        var inputs = Samples.All(loss);
        var names = loss.Inputs.Where(i => !i.Optional).Select(i => i.Name).ToList();
        var first = inputs[names[0]];
        var n = (int)first.shape[0];
        var repeats = Enumerable.Range(0, n).Select(i => i % 3).ToArray();
        var rows = tensor(repeats.SelectMany((r, i) => Enumerable.Repeat((long)i, r)).ToArray());
        var repeated = new TensorArguments();
        var symbol = loss.Inputs[0].Shape.Split(' ')[0];
        foreach (var (name, tensor) in inputs)
        {
            var isOfSamples = loss.Inputs.Any(i => i.Holds(name) && i.Shape.Split(' ')[0] == symbol);
            repeated[name] = isOfSamples ? tensor.index_select(0, rows) : tensor;
        }

        var symbols = loss.Inputs.First(i => i.Name == "sample_weight").Shape;
        var dimensions =
            loss.Kernel == "softmax" && inputs[names[1]].dim() == 1 ? 1
            : symbols == "*" ? (int)inputs[names[1]].dim()
            : symbols.Split(' ').Length;
        long[] shape = [n, .. Enumerable.Repeat(1L, dimensions - 1)];
        inputs["sample_weight"] = tensor(repeats.Select(r => (double)r).ToArray()).view(shape);
        var reductions = loss.Options.First(o => o.Name == "reduction").Type;
        return new[] { "Mean", "Sum" }
            .Select(r => With(loss, "reduction", Enum.Parse(reductions, r)))
            .Select(o => Same("weighted and repeated samples", Call(loss, inputs, o), Call(loss, repeated, o), 1e-10))
            .FirstOrDefault(w => w is not null);
    }

    static string? Same(string what, Tensor a, Tensor b, double tolerance)
    {
        if (!a.shape.SequenceEqual(b.shape))
        {
            return $"{what}: shapes ({string.Join(", ", a.shape)}) and ({string.Join(", ", b.shape)})";
        }

        if (a.numel() == 0)
        {
            return null;
        }

        using var x = a.detach().to(ScalarType.Float64);
        using var y = b.detach().to(ScalarType.Float64);
        var difference = ((x - y).abs() / y.abs().clamp_min(1)).max().item<double>();
        return difference <= tolerance ? null : $"{what} differ by {difference:G3}";
    }
}
