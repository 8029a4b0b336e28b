using TorchLoss.Cli.Losses;

namespace TorchLoss.Cli.Bench;

/// <summary>Random float32 tensors of a wanted size for any loss, made from the roles and shapes of its card.</summary>
sealed class SampleInputs : IDisposable
{
    const long OtherClasses = 10;
    const string Rest = "*";

    readonly LossInfo _loss;
    readonly Dictionary<string, long> _sizes;
    readonly long[] _rest;
    readonly long _classes;

    SampleInputs(LossInfo loss, OptionValues given, Dictionary<string, long> sizes, long[] rest)
    {
        (_loss, _sizes, _rest) = (loss, sizes, rest);
        _classes = sizes.GetValueOrDefault(
            loss.Family is Family.Survival && !sizes.ContainsKey("K") ? "T" : "C", // times are in intervals, unless risks compete
            sizes.GetValueOrDefault("V", sizes.GetValueOrDefault("K", OtherClasses))
        );
        Options = new(given);
        foreach (var option in loss.Options.Where(o => o.Required && !given.ContainsKey(o.Name)))
        {
            Options[option.Name] = Required(option.Name);
        }

        if (Options.TryGetValue("num_classes", out var classes) && classes is long count)
        {
            _classes = count;
        }

        random.manual_seed(1);
        foreach (var input in loss.Inputs.Where(i => !i.Optional))
        {
            var values = Make(input.Role, input.Name, [.. Shape(input.Shape)]).detach();
            Tensors[input.Name] = Learns(input) ? values.requires_grad_() : values; // one layer where the loss takes a list
        }
    }

    /// <summary>The required tensors by name, in the order of the card.</summary>
    public TensorArguments Tensors { get; } = [];

    /// <summary>The options that were given, and those that follow from the size.</summary>
    public OptionValues Options { get; }

    /// <summary>The first tensor.</summary>
    public Tensor First => Tensors[_loss.Inputs[0].Name];

    /// <summary>Makes them; null where the size has another number of dimensions than the first tensor.</summary>
    public static SampleInputs? For(LossSpec loss, BenchSize size)
    {
        using var scope = NewDisposeScope();
        if (Bind(loss.Info.Inputs[0].Shape, size.Dims) is not var (sizes, rest))
        {
            return null;
        }

        var inputs = new SampleInputs(loss.Info, loss.Options, sizes, rest);
        foreach (var values in inputs.Tensors.Values)
        {
            values.MoveToOuterDisposeScope();
        }

        return inputs;
    }

    /// <summary>Whether a size has the dimensions of the first tensor.</summary>
    public static bool Fits(LossInfo loss, BenchSize size) => Bind(loss.Inputs[0].Shape, size.Dims) is not null;

    public void Dispose()
    {
        foreach (var values in Tensors.Values)
        {
            values.grad?.Dispose();
            values.Dispose();
        }
    }

    /// <summary>Which size each symbol of a shape has; a number such as the 4 of boxes may be left out.</summary>
    static (Dictionary<string, long> Sizes, long[] More)? Bind(string shape, long[] dims)
    {
        var symbols = shape.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var named = symbols.Where(s => s != Rest).ToArray();
        var hasRest = named.Length < symbols.Length;
        if (!hasRest && dims.Length == named.Count(s => !long.TryParse(s, out _)))
        {
            var given = new Queue<long>(dims);
            dims = [.. named.Select(s => long.TryParse(s, out var number) ? number : given.Dequeue())];
        }

        if (dims.Length < named.Length || !hasRest && dims.Length > named.Length)
        {
            return null;
        }

        var head = hasRest ? Array.IndexOf(symbols, Rest) : named.Length;
        var more = dims.Length - named.Length;
        var sizes = new Dictionary<string, long>(StringComparer.Ordinal);
        for (var i = 0; i < named.Length; i++)
        {
            sizes[named[i]] = dims[i < head ? i : i + more];
        }

        var fits = sizes.All(s => !long.TryParse(s.Key, out var number) || number == s.Value);
        return fits ? (sizes, dims[head..(head + more)]) : null;
    }

    /// <summary>Options without a default follow from the size.</summary>
    object Required(string name) =>
        name switch
        {
            "num_classes" or "num_tags" => _classes,
            "embedding_size" or "feat_dim" => Size("D"),
            "num_centers" => _classes * 10, // ten a class
            "num_sub_centers" => _classes * 3,
            "num_tasks" => Size("K"),
            "num_groups" => _classes,
            "num_items" => 10000L,
            "no_of_levels" => 4.0,
            "n" => Size("K"),
            "quantiles" => Enumerable.Range(1, (int)Size("Q")).Select(i => i / (Size("Q") + 1.0)).ToArray(),
            "loss" => new TorchLoss.Standard.MSELoss(),
            "losses" => new LossList { new TorchLoss.Standard.MSELoss(), new TorchLoss.Standard.L1Loss() },
            "mode" => RegionMode.Multilabel,
            "sample_rate" => 16000L,
            "target_is_real" => true,
            "for_discriminator" => true,
            "output_dim" => Size("K"),
            "num_embeddings" => 512L,
            "lam" => 0.3,
            "alpha" => 1.5,
            "t1" => 0.7,
            "t2" => 1.3,
            "gan_mode" => GANMode.Vanilla,
            "cls_num_list" => new ClassCounts(Enumerable.Range(1, (int)_classes).Select(i => 1 + 1000L / i)),
            _ => throw new UsageException($"bench {_loss.Name}: say its option {name}, as {_loss.Name}:{name}=..."),
        };

    IEnumerable<long> Shape(string symbols) =>
        symbols
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(symbol =>
                symbol == Rest ? _rest
                : long.TryParse(symbol, out var number) ? new[] { number }
                : [Size(symbol)]
            );

    /// <summary>A symbol's size; one that the first tensor does not have goes after those that it has.</summary>
    long Size(string symbol) =>
        _sizes.TryGetValue(symbol, out var size)
            ? size
            : symbol switch
            {
                "M" => Size("N"),
                "F" => Size("V"), // as many faces as vertices, in one strip
                "Q" => Size("P"),
                "S" => Math.Max(1, Size("T") / 4),
                "L" when _sizes.ContainsKey("W") => Size("H") / 16 * (Size("W") / 16), // patches of an image
                "X" => 16 * 16 * Size("C"),
                "V" => 32000, // a language model's vocabulary
                _ => 16,
            };

    /// <summary>What a model produces learns, what it is held against does not: a kernel takes targets as constants.</summary>
    public static bool Learns(InputInfo input) =>
        input.Role
            is Role.Prediction
                or Role.Logits
                or Role.Probability
                or Role.LogProbability
                or Role.LogLikelihood
                or Role.Embedding
                or Role.Positive
                or Role.Box
                or Role.CenterBox
                or Role.Image
                or Role.Points
                or Role.Rotation
                or Role.Waveform
        && input.Name is not ("target" or "teacher" or "target_boxes")
        && !input.Name.StartsWith("ref_", StringComparison.Ordinal);

    Tensor Make(Role role, string name, long[] shape) =>
        role switch
        {
            Role.Probability => rand(shape) * 0.9 + 0.05,
            Role.LogProbability => nn.functional.log_softmax(randn(shape), ClassDimension(shape)),
            Role.LogLikelihood => -rand(shape) * 3 - 0.05,
            Role.BinaryTarget => rand(shape).gt(0.5).to(float32),
            Role.SignTarget => rand(shape).gt(0.5).to(float32) * 2 - 1,
            Role.ClassIndex => randint(Math.Min(1, _classes - 1), _classes, shape, dtype: int64), // 0 may be CTC's blank
            Role.Label => arange(shape[0], dtype: int64).remainder(Math.Max(1, shape[0] / 2)), // pairs, as of two views
            Role.Positive => rand(shape) + 0.5,
            Role.Box => Boxes(shape),
            Role.CenterBox => rand(shape) * 0.5 + 0.2,
            Role.ObjectLabel => randint(-1, _classes - 1, shape, dtype: int64),
            Role.BinPosition => rand(shape) * (_classes - 1),
            Role.Image => rand(shape),
            Role.Rotation => eye(3).expand(shape).clone() + 0.1 * randn(shape), // nearly one is enough to measure
            Role.Relevance => randint(0, 4, shape).to(float32),
            Role.Count => randint(0, 5, shape).to(float32),
            Role.Duration => rand(shape) + 0.1,
            Role.Event => rand(shape).gt(0.3),
            Role.Mask => rand(shape).gt(0.2),
            Role.Weight => rand(shape) + 0.1,
            Role.VertexIndex => (arange(shape[0], dtype: int64).unsqueeze(1) + arange(3)).remainder(Size("V")),
            Role.Length => full(shape, Size(name == "target_lengths" ? "S" : "T"), dtype: int64),
            _ => randn(shape),
        };

    int ClassDimension(long[] shape)
    {
        var at = Array.IndexOf(_loss.Inputs[0].Shape.Split(' '), "C");
        return at >= 0 ? at : shape.Length - 1;
    }

    static Tensor Boxes(long[] shape)
    {
        var low = rand(shape[0], shape[1] / 2) * 4;
        return cat([low, low + rand(shape[0], shape[1] / 2) * 3 + 0.2], 1);
    }
}
