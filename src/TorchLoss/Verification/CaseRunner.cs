namespace TorchLoss.Verification;

/// <summary>Runs reference cases against the catalogue: each loss as function and as module, each part alone, in float64.</summary>
public static class CaseRunner
{
    /// <summary>Runs a file.</summary>
    /// <exception cref="CaseFileException">It cannot be read.</exception>
    public static FileResult Run(string path) => Run(CaseFile.Load(path), path);

    /// <summary>Runs cases that were read before.</summary>
    /// <param name="file">The cases.</param>
    /// <param name="path">What the result calls the file.</param>
    public static FileResult Run(CaseFile file, string path)
    {
        var loss = LossCatalog.FindExact(file.Loss);
        return Run(file, path, loss, loss is null ? LossCatalog.FindPart(file.Loss) : null);
    }

    /// <summary>Runs cases against any card, in the catalogue or not.</summary>
    internal static FileResult Run(CaseFile file, string path, LossInfo? loss, PartInfo? part)
    {
        if (loss is null && part is null)
        {
            return new(path, file.Loss, file.Cases.Count, 0, 0, 0, []) { Skipped = true };
        }

        var worst = new Errors();
        var failures = new List<CaseFailure>();
        foreach (var reference in file.Cases)
        {
            try
            {
                using var scope = NewDisposeScope();
                var what = loss is null ? CheckPart(part!, reference, worst) : CheckLoss(loss, reference, worst);
                if (what is not null)
                {
                    failures.Add(new(reference.Name, what));
                }
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                failures.Add(new(reference.Name, e.Message));
            }
        }

        return new(
            path,
            file.Loss,
            file.Cases.Count,
            file.Cases.Count - failures.Count,
            worst.Value,
            worst.Gradient,
            failures
        );
    }

    static string? CheckPart(PartInfo part, ReferenceCase reference, Errors worst)
    {
        var tensors = reference.Inputs.ToDictionary(i => i, i => i.ToTensor());
        var inputs = new TensorArguments();
        foreach (var (input, tensor) in tensors)
        {
            inputs[input.Name] = tensor;
        }

        var value = part.Create(OptionReader.Read(reference.Options, part.Options, part.Name)).Run(inputs);
        return Compare(reference, value, i => tensors[i].grad, i => tensors[i], worst);
    }

    static string? CheckLoss(LossInfo loss, ReferenceCase reference, Errors worst) =>
        CheckFunction(loss, reference, worst) is { } f ? "function: " + f
        : CheckModule(loss, reference, worst) is { } m ? "module: " + m
        : null;

    static string? CheckFunction(LossInfo loss, ReferenceCase reference, Errors worst)
    {
        var bound = CaseBinding.Bind(loss, reference);
        var arguments = bound.Tensors(_ => true);
        AddFreshState(loss, bound, arguments);
        var value = loss.Invoke(arguments, bound.Options);
        return Compare(reference, value, i => arguments[bound.Slot(i)].grad, i => arguments[bound.Slot(i)], worst);
    }

    /// <summary>State that a case does not mention is that of a new module.</summary>
    static void AddFreshState(LossInfo loss, CaseBinding bound, TensorArguments arguments)
    {
        var missing = loss.OwnTensors.Where(t => !t.Learned && !arguments.ContainsKey(t.Name)).ToList();
        if (missing.Count == 0)
        {
            return;
        }

        using var created = loss.Create(WithSizes(bound));
        var module = ((nn.Module)created).to(ScalarType.Float64);
        foreach (var state in missing)
        {
            arguments[state.Name] = Own(module, state.Name).clone();
        }
    }

    static OptionValues WithSizes(CaseBinding bound)
    {
        var options = new OptionValues(bound.Options);
        foreach (var (size, value) in bound.Sizes())
        {
            options[size] = value;
        }

        return options;
    }

    static string? CheckModule(LossInfo loss, ReferenceCase reference, Errors worst)
    {
        var bound = CaseBinding.Bind(loss, reference);
        var own = loss.OwnTensors.Select(t => t.Name).ToHashSet(StringComparer.Ordinal);
        var options = WithSizes(bound);
        var optionTensors = bound.Tensors(slot => loss.Options.Any(o => o.Name == slot));
        foreach (var (name, tensor) in optionTensors)
        {
            options[name] = tensor;
        }

        using var created = loss.Create(options);
        var module = (nn.Module)created;
        module.to(ScalarType.Float64);
        using (no_grad())
        {
            foreach (var (name, tensor) in bound.Tensors(own.Contains))
            {
                Own(module, name).copy_(tensor);
            }
        }

        var inputs = bound.Tensors(slot => !own.Contains(slot) && !optionTensors.ContainsKey(slot));
        var result = created.Evaluate(inputs);
        Tensor Holder(CaseTensor input) =>
            bound.Slot(input) is var slot && inputs.TryGetValue(slot, out var given) ? given
            : optionTensors.TryGetValue(slot, out var option) ? option
            : Own(module, slot);
        return Compare(reference, result, i => Holder(i).grad, Holder, worst);
    }

    static Tensor Own(nn.Module module, string name) =>
        module.named_parameters().FirstOrDefault(p => p.name == name).parameter
        ?? module.named_buffers().First(b => b.name == name).buffer;

    static string? Compare(
        ReferenceCase reference,
        Tensor value,
        Func<CaseTensor, Tensor?> gradient,
        Func<CaseTensor, Tensor> state,
        Errors worst
    )
    {
        if (Difference("value", reference.Value, value, reference, ref worst.Value) is { } wrong)
        {
            return wrong;
        }

        if (reference.Gradients.Count > 0 && value.requires_grad)
        {
            value.sum().backward();
        }

        foreach (var (name, expected) in reference.Gradients)
        {
            var input =
                reference.Inputs.FirstOrDefault(i => i.Name == name)
                ?? throw new CaseFileException($"a gradient of '{name}' is expected, but there is no such input.");
            var actual = gradient(input) ?? zeros(expected.Shape.ToArray(), dtype: ScalarType.Float64);
            if (Difference($"gradient of {name}", expected, actual, reference, ref worst.Gradient) is { } off)
            {
                return off;
            }
        }

        foreach (var (name, expected) in reference.Buffers)
        {
            var input =
                reference.Inputs.FirstOrDefault(i => i.Name == name)
                ?? throw new CaseFileException($"a state of '{name}' is expected, but there is no such input.");
            if (Difference($"state {name}", expected, state(input), reference, ref worst.Value) is { } off)
            {
                return off;
            }
        }

        return null;
    }

    static string? Difference(
        string what,
        CaseTensor expected,
        Tensor actual,
        ReferenceCase reference,
        ref double worst
    )
    {
        if (!actual.shape.AsSpan().SequenceEqual(expected.Shape.ToArray()))
        {
            return $"{what} has shape {actual.Shape}, expected ({string.Join(", ", expected.Shape)}).";
        }

        if (actual.numel() == 0)
        {
            return null;
        }

        // clone: a zero gradient may be a tensor without memory
        var numbers = actual.detach().to(ScalarType.Float64).cpu().contiguous().clone().data<double>().ToArray();
        for (var i = 0; i < numbers.Length; i++)
        {
            var (got, want) = (numbers[i], expected.Data[i]);
            if (got.Equals(want))
            {
                continue;
            }

            var error = Math.Abs(got - want);
            worst = Math.Max(
                worst,
                double.IsNaN(error) ? double.PositiveInfinity : error / Math.Max(1, Math.Abs(want))
            );
            if (
                !(error <= reference.AbsoluteTolerance + reference.RelativeTolerance * Math.Abs(want))
                || double.IsInfinity(want)
            )
            {
                return $"{what}[{i}] is {got:R}, expected {want:R}.";
            }
        }

        return null;
    }

    sealed class Errors
    {
        public double Value;
        public double Gradient;
    }
}
