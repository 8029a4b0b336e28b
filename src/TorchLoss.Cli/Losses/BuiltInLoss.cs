namespace TorchLoss.Cli.Losses;

/// <summary>A loss that TorchSharp itself brings, with the options that it has by default.</summary>
/// <param name="Name">Its name, which PyTorch has as well.</param>
/// <param name="Module">The module.</param>
/// <param name="Call">Its forward, with the tensors in their order.</param>
sealed record BuiltInLoss(string Name, nn.Module Module, Func<IReadOnlyList<Tensor>, Tensor> Call)
{
    /// <summary>How the command line says that TorchSharp's own is meant.</summary>
    public const string Prefix = "builtin:";

    static readonly Dictionary<string, Func<string, BuiltInLoss>> Makers = new(StringComparer.OrdinalIgnoreCase)
    {
        ["BCELoss"] = name => Of(name, nn.BCELoss()),
        ["BCEWithLogitsLoss"] = name => Of(name, nn.BCEWithLogitsLoss()),
        ["CosineEmbeddingLoss"] = name => Of(name, nn.CosineEmbeddingLoss()),
        ["CrossEntropyLoss"] = name => Of(name, nn.CrossEntropyLoss()),
        ["CTCLoss"] = name => Of(name, nn.CTCLoss()),
        ["GaussianNLLLoss"] = name => Of(name, nn.GaussianNLLLoss()),
        ["HingeEmbeddingLoss"] = name => Of(name, nn.HingeEmbeddingLoss()),
        ["HuberLoss"] = name => Of(name, nn.HuberLoss()),
        ["KLDivLoss"] = name => Averaged(name, nn.KLDivLoss(reduction: Reduction.None)), // its own mean warns at every call
        ["L1Loss"] = name => Of(name, nn.L1Loss()),
        ["MarginRankingLoss"] = name => Of(name, nn.MarginRankingLoss()),
        ["MSELoss"] = name => Of(name, nn.MSELoss()),
        ["MultiLabelMarginLoss"] = name => Of(name, nn.MultiLabelMarginLoss()),
        ["MultiLabelSoftMarginLoss"] = name => Of(name, nn.MultiLabelSoftMarginLoss()),
        ["MultiMarginLoss"] = name => Of(name, nn.MultiMarginLoss()),
        ["NLLLoss"] = name => Of(name, nn.NLLLoss()),
        ["PoissonNLLLoss"] = name => Of(name, nn.PoissonNLLLoss()),
        ["SmoothL1Loss"] = name => Of(name, nn.SmoothL1Loss()),
        ["SoftMarginLoss"] = name => Of(name, nn.SoftMarginLoss()),
        ["TripletMarginLoss"] = name => Of(name, nn.TripletMarginLoss()),
        ["TripletMarginWithDistanceLoss"] = name => Of(name, nn.TripletMarginWithDistanceLoss()),
    };

    /// <summary>All names.</summary>
    public static IReadOnlyCollection<string> Names => Makers.Keys;

    /// <summary>The loss of that name, or null.</summary>
    public static BuiltInLoss? Create(string name) =>
        Makers.Keys.FirstOrDefault(key => key.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } known
            ? Makers[known](known)
            : null;

    static BuiltInLoss Of(string name, nn.Module<Tensor, Tensor, Tensor> module) =>
        new(name, module, x => module.call(x[0], x[1]));

    static BuiltInLoss Averaged(string name, nn.Module<Tensor, Tensor, Tensor> module) =>
        new(name, module, x => module.call(x[0], x[1]).mean());

    static BuiltInLoss Of(string name, nn.Module<Tensor, Tensor, Tensor, Tensor> module) =>
        new(name, module, x => module.call(x[0], x[1], x[2]));

    static BuiltInLoss Of(string name, nn.Module<Tensor, Tensor, Tensor, Tensor, Tensor> module) =>
        new(name, module, x => module.call(x[0], x[1], x[2], x[3]));
}
