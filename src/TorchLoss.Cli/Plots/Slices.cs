using TorchLoss.Cli.Bench;
using TorchLoss.Cli.Losses;

namespace TorchLoss.Cli.Plots;

/// <summary>Which line through its inputs shows best what a loss does, by the roles and shapes of its card.</summary>
static class Slices
{
    const long Classes = 3;

    /// <summary>The sizes of a batch that is small and still has all that a loss needs: pairs, windows, several scales.</summary>
    static readonly Dictionary<string, long> Sizes = new(StringComparer.Ordinal)
    {
        ["N"] = 8,
        ["B"] = 4,
        ["C"] = 3,
        ["D"] = 8,
        ["H"] = 192,
        ["W"] = 192,
        ["L"] = 16,
        ["T"] = 32,
        ["P"] = 32,
        ["*"] = 16,
    };

    const long Samples = 8192;

    /// <summary>The line of a loss.</summary>
    public static Slice Of(LossSpec loss)
    {
        var inputs = loss.Info.Inputs.Where(i => !i.Optional).ToList();
        var single = inputs.All(i => i.Shape is "*" or "N *");
        return (inputs[0].Role, inputs.Count == 2 ? inputs[1].Role : (Role?)null) switch
        {
            (Role.Prediction, Role.Target) when single => Against(loss, "prediction, where the target is 1", -3, 5, 1),
            (Role.Positive, Role.Target or Role.Positive) when single => Against(
                loss,
                "prediction, where the target is 1",
                0.02,
                4,
                1
            ),
            (Role.Logits or Role.Prediction, Role.BinaryTarget) when single => Against(loss, "logit", -6, 6, 1, 0),
            (Role.Probability, Role.BinaryTarget) when single => Against(loss, "probability", 0.005, 0.995, 1, 0),
            (_, Role.SignTarget) when single => Against(loss, "score", -3, 3, 1, -1),
            (Role.Logits, Role.ClassIndex)
                when inputs[0].Shape is "N C" or "N C *" && inputs[1].Shape is "N" or "N *" => TrueClass(loss),
            (Role.Probability, Role.BinaryTarget) when inputs[0].Shape == "N C *" => Region(loss),
            (Role.Box, Role.Box) when inputs[0].Shape == "N 4" => Boxes(loss),
            _ => Descent(loss),
        };
    }

    /// <summary>A single number, once for each target.</summary>
    static Slice Against(LossSpec loss, string label, double from, double to, params double[] targets)
    {
        var (sample, options) = Sample(loss, loss.Info.Inputs[0].Shape == "*" ? [1] : [1, 1]);
        var names = Names(loss);
        var curves = targets.Select(target =>
            (
                targets.Length == 1 ? "" : $"target {target}",
                (Func<Tensor, TensorArguments>)(
                    x =>
                        With(
                            sample,
                            (names[0], x.view(sample[names[0]].shape)),
                            (names[1], full_like(sample[names[1]], target))
                        )
                )
            )
        );
        return new(label, from, to, options, [.. curves]);
    }

    /// <summary>The logit of the true class among three; the others are 0.</summary>
    static Slice TrueClass(LossSpec loss)
    {
        var (sample, options) = Sample(loss, [1, Classes]);
        var names = Names(loss);
        var truth = tensor(new[] { 0.0, 1, 0 });
        TensorArguments At(Tensor x) => With(sample, (names[0], (truth * x).unsqueeze(0)), (names[1], ones(1, int64)));
        return new("logit of the true class among three", -6, 6, options, [("", At)]);
    }

    /// <summary>A wanted region of half the picture: how surely it is marked, where the rest is marked by 0.1.</summary>
    static Slice Region(LossSpec loss)
    {
        var (sample, options) = Sample(loss, [1, 1, 4]);
        var names = Names(loss);
        var wanted = tensor(new[] { 1.0, 1, 0, 0 }).view(1, 1, 4);
        TensorArguments At(Tensor x) => With(sample, (names[0], wanted * x + (1 - wanted) * 0.1), (names[1], wanted));
        return new("probability of the wanted pixels, 0.1 for the others", 0.005, 0.995, options, [("", At)]);
    }

    /// <summary>A box of the right size, and one of half of it, moved past the wanted one.</summary>
    static Slice Boxes(LossSpec loss)
    {
        var (sample, options) = Sample(loss, [1, 4]);
        var names = Names(loss);
        var wanted = tensor(new[] { 0.0, 0, 1, 1 }).view(1, 4);
        var along = tensor(new[] { 1.0, 0, 1, 0 }).view(1, 4);
        Func<Tensor, TensorArguments> At(Tensor box) =>
            x => With(sample, (names[0], box + along * x), (names[1], wanted));
        var small = tensor(new[] { 0.25, 0.25, 0.75, 0.75 }).view(1, 4);
        return new(
            "shift of the box, in widths of the wanted one",
            -2.5,
            2.5,
            options,
            [("same size", At(wanted)), ("half as wide and high", At(small))]
        );
    }

    /// <summary>Any loss: the way that its own gradient points, from a random batch.</summary>
    static Slice Descent(LossSpec loss)
    {
        var shape = loss.Info.Inputs[0];
        var (sample, options) = Sample(loss, [.. Dimensions(shape)]);
        var moved = loss.Info.Inputs.Where(SampleInputs.Learns).ToList();
        bool Moves(string name) => moved.Exists(i => i.Holds(name));
        var directions = Directions(loss, options, sample, Moves);
        TensorArguments At(Tensor x)
        {
            var arguments = new TensorArguments();
            foreach (var (name, start) in sample)
            {
                arguments[name] = directions.TryGetValue(name, out var direction)
                    ? Within(moved.Find(i => i.Holds(name))!.Role, start + direction * x)
                    : start;
            }

            return arguments;
        }

        var length = directions.Keys.Sum(name => sample[name].square().sum().item<double>());
        return new("way along the steepest descent from a random batch", 0, Math.Sqrt(length), options, [("", At)]);
    }

    /// <summary>Minus the gradient, of length 1 over all tensors that move.</summary>
    static Dictionary<string, Tensor> Directions(
        LossSpec loss,
        OptionValues options,
        TensorArguments sample,
        Func<string, bool> moves
    )
    {
        using var module = Curves.Module(loss, options);
        var leaves = new TensorArguments();
        foreach (var (name, start) in sample)
        {
            leaves[name] = moves(name) ? start.clone().requires_grad_() : start;
        }

        var value = module.Evaluate(leaves).sum();
        if (value.requires_grad)
        {
            value.backward();
        }

        var gradients = leaves
            .Where(leaf => leaf.Value.grad is not null)
            .ToDictionary(leaf => leaf.Key, leaf => leaf.Value.grad!.neg(), StringComparer.Ordinal);
        var length = Math.Sqrt(gradients.Values.Sum(g => g.square().sum().item<double>()));
        return gradients.ToDictionary(g => g.Key, g => length > 0 ? g.Value / length : g.Value, StringComparer.Ordinal);
    }

    /// <summary>A step may leave the values that a tensor can have.</summary>
    static Tensor Within(Role role, Tensor values) =>
        role switch
        {
            Role.Probability => values.clamp(1e-3, 1 - 1e-3),
            Role.Positive => values.clamp_min(1e-3),
            Role.LogProbability => nn.functional.log_softmax(values, -1),
            _ => values,
        };

    static IEnumerable<long> Dimensions(InputInfo first) =>
        first
            .Shape.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(symbol =>
                long.TryParse(symbol, out var number) ? number
                : symbol == "T" && first.Role is Role.Waveform ? Samples
                : symbol == "N" && first.Role is Role.Image ? 2
                : Sizes.GetValueOrDefault(symbol, 4)
            );

    static (TensorArguments Tensors, OptionValues Options) Sample(LossSpec loss, long[] dims)
    {
        using var inputs =
            SampleInputs.For(loss, new(dims))
            ?? throw new UsageException($"{loss.Info.Name}: no inputs of shape {string.Join('x', dims)} can be made.");
        var tensors = new TensorArguments();
        foreach (var (name, values) in inputs.Tensors)
        {
            tensors[name] = values.is_floating_point() ? values.detach().to(float64) : values.clone();
        }

        return (tensors, inputs.Options);
    }

    static List<string> Names(LossSpec loss) => [.. loss.Info.Inputs.Where(i => !i.Optional).Select(i => i.Name)];

    static TensorArguments With(TensorArguments sample, params (string Name, Tensor Values)[] changes)
    {
        var arguments = new TensorArguments();
        foreach (var (name, values) in sample)
        {
            arguments[name] = values;
        }

        foreach (var (name, values) in changes)
        {
            arguments[name] = values;
        }

        return arguments;
    }
}
