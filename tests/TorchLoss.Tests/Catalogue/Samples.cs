namespace TorchLoss.Tests.Catalogue;

/// <summary>Valid random inputs and options for any loss, made from the roles and symbolic shapes of its card.</summary>
static class Samples
{
    /// <summary>The size of each symbol. Different symbols have different sizes, so that a swapped dimension shows.</summary>
    static readonly Dictionary<string, long> Sizes = new(StringComparer.Ordinal)
    {
        ["N"] = 6,
        ["B"] = 2,
        ["C"] = 4,
        ["D"] = 5,
        ["E"] = 5,
        ["L"] = 7,
        ["T"] = 13,
        ["H"] = 12,
        ["W"] = 14,
        ["P"] = 8,
        ["Q"] = 3,
        ["M"] = 9,
        ["K"] = 3,
        ["V"] = 4,
        ["S"] = 2,
        ["4"] = 4,
    };

    /// <summary>Losses whose defaults need larger tensors than a law can afford.</summary>
    static readonly Dictionary<string, OptionValues> Smaller = new(StringComparer.Ordinal)
    {
        ["MSSSIMLoss"] = new() { ["win_size"] = 5L, ["weights"] = (double[])[0.4, 0.6] },
    };

    /// <summary>The options without a default, and the sizes of own tensors.</summary>
    public static OptionValues Options(LossInfo loss)
    {
        var options = Smaller.TryGetValue(loss.Name, out var smaller) ? new OptionValues(smaller) : [];
        foreach (var option in loss.Options.Where(o => o.Required))
        {
            options[option.Name] = option.Name switch
            {
                "num_classes" => Sizes["C"],
                "embedding_size" => Sizes["D"],
                "num_tasks" => Sizes["K"],
                "quantiles" => (double[])[0.1, 0.5, 0.9],
                "cls_num_list" => new ClassCounts(50, 20, 10, 5),
                _ => throw new NotSupportedException($"{loss.Name}: no sample for the required option {option.Name}."),
            };
        }

        return options;
    }

    /// <summary>The required inputs; those that a model would produce ask for a gradient.</summary>
    /// <param name="loss">The loss.</param>
    /// <param name="dtype">The dtype of all floating-point inputs.</param>
    /// <param name="batch">The size of the first dimension.</param>
    /// <param name="seed">Other seeds, other values.</param>
    public static TensorArguments Inputs(
        LossInfo loss,
        ScalarType dtype = ScalarType.Float64,
        long? batch = null,
        int seed = 1
    )
    {
        manual_seed(seed);
        var first = loss.Inputs[0].Shape.Split(' ')[0];
        var inputs = new TensorArguments();
        foreach (var input in loss.Inputs.Where(i => !i.Optional))
        {
            if (!input.IsList)
            {
                inputs[input.Name] = Make(loss, input, Shape(input.Shape, first, batch), dtype);
                continue;
            }

            // a list of two layers, the second one smaller
            for (var layer = 0; layer < 2; layer++)
            {
                var shape = Shape(input.Shape, first, batch);
                inputs[$"{input.Name}_{layer}"] = Make(
                    loss,
                    input,
                    [shape[0], .. shape[1..].Select(s => s - layer)],
                    dtype
                );
            }
        }

        return inputs;
    }

    /// <summary>All tensors that the functional twin needs: the inputs and random own tensors.</summary>
    public static TensorArguments All(
        LossInfo loss,
        ScalarType dtype = ScalarType.Float64,
        long? batch = null,
        int seed = 1
    )
    {
        var inputs = Inputs(loss, dtype, batch, seed);
        var options = Options(loss);
        foreach (var own in loss.OwnTensors)
        {
            var sizes = own
                .Sizes.Select(s =>
                    s == "num_tasks" ? inputs.First(i => loss.Inputs[0].Holds(i.Key)).Value.shape[0] : (long)options[s]!
                )
                .ToArray();
            var values = randn(sizes, dtype: ScalarType.Float64).to(dtype);
            inputs[own.Name] = own.Learned ? values.requires_grad_() : values;
        }

        return inputs;
    }

    /// <summary>Those that ask for a gradient.</summary>
    public static IEnumerable<KeyValuePair<string, Tensor>> Differentiable(TensorArguments inputs) =>
        inputs.Where(i => i.Value.requires_grad);

    static long[] Shape(string symbols, string first, long? batch) =>
        [
            .. symbols
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .SelectMany(
                    (s, i) =>
                        s == "*" && symbols == "*" ? [batch ?? 6, 4L]
                        : s == "*" ? [2L]
                        : s == first && batch is { } given ? [given]
                        : new[] { Sizes[s] }
                ),
        ];

    static Tensor Make(LossInfo loss, InputInfo input, long[] shape, ScalarType dtype)
    {
        Tensor Number(Tensor values, bool learns = true) =>
            learns ? values.to(dtype).detach().requires_grad_() : values.to(dtype);
        var f64 = ScalarType.Float64;
        return input.Role switch
        {
            Role.Probability => Number(rand(shape, dtype: f64) * 0.9 + 0.05),
            Role.LogProbability => Number(
                nn.functional.log_softmax(randn(shape, dtype: f64), ClassDimension(input, shape))
            ),
            Role.BinaryTarget => Number(rand(shape).gt(0.5), learns: false),
            Role.SignTarget => Number(rand(shape).gt(0.5).to(f64) * 2 - 1, learns: false),
            Role.ClassIndex => randint(0, Sizes["C"], shape, dtype: ScalarType.Int64),
            Role.Label => arange(shape[0], dtype: ScalarType.Int64).remainder(3),
            Role.Positive => Number(rand(shape, dtype: f64) + 0.5),
            Role.Box => Number(Boxes(shape)),
            Role.Image => Number(rand(shape, dtype: f64)),
            Role.Relevance => Number(randint(0, 4, shape), learns: false),
            Role.Duration => Number(rand(shape, dtype: f64) + 0.1, learns: false),
            Role.Event => rand(shape).gt(0.3),
            Role.Mask => rand(shape).gt(0.2),
            Role.Weight => Number(rand(shape, dtype: f64) + 0.1, learns: false),
            Role.Length => full(shape, Length(input), dtype: ScalarType.Int64),
            Role.Target => Number(randn(shape, dtype: f64), learns: false),
            _ => Number(randn(shape, dtype: f64)),
        };
    }

    /// <summary>As many as there are where a tensor counts inputs or targets of one, else 3.</summary>
    static long Length(InputInfo input) =>
        input.Name switch
        {
            "input_lengths" => Sizes["T"],
            "target_lengths" => Sizes["S"],
            _ => 3,
        };

    static int ClassDimension(InputInfo input, long[] shape)
    {
        var at = Array.IndexOf(input.Shape.Split(' '), "C");
        return at >= 0 ? at : shape.Length - 1;
    }

    static Tensor Boxes(long[] shape)
    {
        var half = shape[1] / 2;
        var low = rand([shape[0], half], dtype: ScalarType.Float64) * 4;
        return cat([low, low + rand([shape[0], half], dtype: ScalarType.Float64) * 3 + 0.2], 1);
    }
}
