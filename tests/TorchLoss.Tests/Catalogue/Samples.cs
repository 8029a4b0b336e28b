namespace TorchLoss.Tests.Catalogue;

/// <summary>Valid random inputs and options for any loss, made from the roles and symbolic shapes of its card.</summary>
static class Samples
{
    /// <summary>The size of each symbol. Different symbols have different sizes, so that a swapped dimension shows.</summary>
    public static readonly Dictionary<string, long> Sizes = new(StringComparer.Ordinal)
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
        ["F"] = 4,
        ["S"] = 2,
        ["1"] = 1,
        ["2"] = 2,
        ["3"] = 3,
        ["4"] = 4,
    };

    /// <summary>Losses whose defaults need larger tensors than a law can afford.</summary>
    static readonly Dictionary<string, OptionValues> Smaller = new(StringComparer.Ordinal)
    {
        ["SinkhornDivergenceLoss"] = new() { ["blur"] = 1.0 }, // a small one needs many iterations
        ["SinkhornDistanceLoss"] = new() { ["reg"] = 1.0 }, // float32 knows cost/reg to 1e-4 only where reg is 1/1000 of the cost
        ["MSSSIMLoss"] = new() { ["win_size"] = 5L, ["weights"] = (double[])[0.4, 0.6] },
    };

    /// <summary>Sizes that only one loss has.</summary>
    static readonly Dictionary<string, Dictionary<string, long>> OwnSizes = new(StringComparer.Ordinal)
    {
        ["MAELoss"] = new(StringComparer.Ordinal) // two patches of 16 x 16 pixels
        {
            ["C"] = 1,
            ["H"] = 32,
            ["W"] = 16,
            ["L"] = 2,
            ["X"] = 256,
        },
    };

    /// <summary>Options whose defaults are made for larger inputs than these.</summary>
    static readonly Dictionary<string, object> Small = new(StringComparer.Ordinal)
    {
        ["fft_size"] = 8L,
        ["hop_size"] = 3L,
        ["win_length"] = 8L,
        ["fft_sizes"] = (long[])[8, 12],
        ["hop_sizes"] = (long[])[3, 4],
        ["win_lengths"] = (long[])[8, 10],
        ["n_mels"] = 2L,
        ["max_levels"] = 1L,
        ["filter_length"] = 4L,
    };

    /// <summary>The options without a default, the sizes of own tensors, and what small inputs need.</summary>
    public static OptionValues Options(LossInfo loss)
    {
        var options = Smaller.TryGetValue(loss.Name, out var smaller) ? new OptionValues(smaller) : [];
        foreach (var option in loss.Options.Where(o => o.Required))
        {
            options[option.Name] = option.Name switch
            {
                "num_classes" or "num_tags" => Sizes["C"],
                "embedding_size" or "feat_dim" => Sizes["D"],
                "num_centers" => Sizes["C"] * 10, // ten a class
                "num_sub_centers" => Sizes["C"] * 3,
                "num_tasks" => Sizes["K"],
                "num_groups" => Sizes["C"],
                "num_items" => 100L,
                "no_of_levels" => 4.0,
                "n" => Sizes["K"],
                "quantiles" => (double[])[0.1, 0.5, 0.9],
                "loss" => new Standard.MSELoss(),
                "losses" => new LossList
                {
                    { "squared", new Standard.MSELoss() },
                    { "absolute", new Standard.L1Loss() },
                },
                "mode" => RegionMode.Multilabel,
                "sample_rate" => 16000L,
                "target_is_real" => true,
                "for_discriminator" => true,
                "output_dim" => Sizes["K"],
                "num_embeddings" => Sizes["M"],
                "lam" => 0.3,
                "alpha" => 1.5,
                "t1" => 0.7,
                "t2" => 1.3,
                "gan_mode" => GANMode.Vanilla,
                "cls_num_list" => new ClassCounts(50, 20, 10, 5),
                _ => throw new NotSupportedException($"{loss.Name}: no sample for the required option {option.Name}."),
            };
        }

        foreach (var option in loss.Options.Where(o => Small.ContainsKey(o.Name)))
        {
            options[option.Name] = Small[option.Name];
        }

        return options;
    }

    /// <summary>The required inputs, and noise that a loss would otherwise draw anew each time; those that a model would produce ask for a gradient.</summary>
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
        foreach (var input in loss.Inputs.Where(i => !i.Optional || i.Role is Role.Noise))
        {
            if (!input.IsList)
            {
                inputs[input.Name] = Make(loss, input, Shape(loss, input.Shape, first, batch), dtype, batch);
                continue;
            }

            // a list of two layers, the second one smaller but for what it shares with other inputs
            var shared = loss
                .Inputs.Where(i => !i.IsList)
                .SelectMany(i => i.Shape.Split(' '))
                .Append(first)
                .ToHashSet();
            var symbols = input.Shape.Split(' ');
            for (var layer = 0; layer < 2; layer++)
            {
                var shape = Shape(loss, input.Shape, first, batch);
                inputs[$"{input.Name}_{layer}"] = Make(
                    loss,
                    input,
                    [
                        .. shape.Select(
                            (s, i) => shared.Contains(symbols[Math.Min(i, symbols.Length - 1)]) ? s : s - layer
                        ),
                    ],
                    dtype,
                    batch
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

    /// <summary>Calls a loss with a copy of its state, which a call may change.</summary>
    public static Tensor Call(LossInfo loss, TensorArguments inputs, OptionValues options)
    {
        var arguments = new TensorArguments();
        foreach (var (name, tensor) in inputs)
        {
            arguments[name] = loss.OwnTensors.Any(t => !t.Learned && t.Name == name) ? tensor.clone() : tensor;
        }

        try
        {
            return loss.Invoke(arguments, options);
        }
        finally
        {
            foreach (var copy in arguments.Where(a => !ReferenceEquals(a.Value, inputs[a.Key])))
            {
                copy.Value.Dispose();
            }
        }
    }

    /// <summary>Those that ask for a gradient.</summary>
    public static IEnumerable<KeyValuePair<string, Tensor>> Differentiable(TensorArguments inputs) =>
        inputs.Where(i => i.Value.requires_grad);

    static long Size(LossInfo loss, string symbol) =>
        OwnSizes.TryGetValue(loss.Name, out var own) && own.TryGetValue(symbol, out var size) ? size : Sizes[symbol];

    static long[] Shape(LossInfo loss, string symbols, string first, long? batch) =>
        [
            .. symbols
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .SelectMany(
                    (s, i) =>
                        s == "*" && symbols == "*" ? [batch ?? 6, 4L]
                        : s == "*" ? [2L]
                        : s == first && batch is { } given ? [given]
                        : new[] { Size(loss, s) }
                ),
        ];

    static Tensor Make(LossInfo loss, InputInfo input, long[] shape, ScalarType dtype, long? batch)
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
            Role.LogLikelihood => Number(-rand(shape, dtype: f64) * 3 - 0.05),
            Role.BinaryTarget => Number(rand(shape).gt(0.5), learns: false),
            Role.SignTarget => Number(rand(shape).gt(0.5).to(f64) * 2 - 1, learns: false),
            Role.ClassIndex => randint(0, Sizes["C"], shape, dtype: ScalarType.Int64),
            Role.Label => arange(shape[0], dtype: ScalarType.Int64).remainder(3),
            Role.Positive => Number(rand(shape, dtype: f64) + 0.5),
            Role.Box => Number(Boxes(shape)),
            Role.CenterBox => Number(rand(shape, dtype: f64) * 0.5 + 0.2),
            Role.ObjectLabel => randint(-1, Sizes["C"] - 1, shape, dtype: ScalarType.Int64),
            Role.BinPosition => Number(rand(shape, dtype: f64) * (Sizes["C"] - 1), learns: false),
            Role.Image => Number(rand(shape, dtype: f64)),
            Role.Rotation => Number(Rotations(shape)),
            Role.Relevance => Number(randint(0, 4, shape), learns: false),
            Role.Count => Number(randint(0, 5, shape), learns: false),
            Role.Duration => Number(rand(shape, dtype: f64) + 0.1, learns: false),
            Role.Event => rand(shape).gt(0.3),
            Role.Mask => rand(shape).gt(0.2),
            Role.Weight => Number(rand(shape, dtype: f64) + 0.1, learns: false),
            Role.Length => full(shape, Length(input), dtype: ScalarType.Int64),
            Role.Noise or Role.Target => Number(randn(shape, dtype: f64), learns: false),
            Role.VertexIndex => Faces(shape[0], vertices: batch ?? Sizes["V"]),
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

    /// <summary>Each vertex with its two successors: with as many faces as vertices the surface is closed.</summary>
    static Tensor Faces(long count, long vertices) =>
        (arange(count).unsqueeze(1) + arange(3)).remainder(Math.Max(1, vertices)).to(ScalarType.Int64);

    static int ClassDimension(InputInfo input, long[] shape)
    {
        var at = Array.IndexOf(input.Shape.Split(' '), "C");
        return at >= 0 ? at : shape.Length - 1;
    }

    /// <summary>Of random unit quaternions.</summary>
    static Tensor Rotations(long[] shape)
    {
        var q = nn.functional.normalize(randn([shape[0], 4], dtype: ScalarType.Float64), dim: 1).unbind(1);
        var (w, x, y, z) = (q[0], q[1], q[2], q[3]);
        Tensor[] entries =
        [
            1 - 2 * (y * y + z * z),
            2 * (x * y - w * z),
            2 * (x * z + w * y),
            2 * (x * y + w * z),
            1 - 2 * (x * x + z * z),
            2 * (y * z - w * x),
            2 * (x * z - w * y),
            2 * (y * z + w * x),
            1 - 2 * (x * x + y * y),
        ];
        return stack(entries, 1).view(shape);
    }

    static Tensor Boxes(long[] shape)
    {
        var half = shape[1] / 2;
        var low = rand([shape[0], half], dtype: ScalarType.Float64) * 4;
        return cat([low, low + rand([shape[0], half], dtype: ScalarType.Float64) * 3 + 0.2], 1);
    }
}
