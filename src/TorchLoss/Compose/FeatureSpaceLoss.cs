namespace TorchLoss;

/// <summary>Compares images by the features of a network: joins an extractor and a loss of feature lists to a loss of images.</summary>
/// <remarks>
/// <code>
/// using var loss = new FeatureSpaceLoss(new PerceptualLoss(), image => vgg.Features(image));
/// loss.forward(restored, original).backward();
/// </code>
/// The extractor gives one tensor a layer. It may be any callable or a module; a module becomes part of this one and moves
/// and saves with it. The wanted images are constants: their features are computed without a graph. The
/// network is not frozen here: keep its parameters out of the optimizer, and set it to <c>eval()</c>.
/// </remarks>
public sealed class FeatureSpaceLoss : Loss<Tensor, Tensor, Tensor>
{
    readonly Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>, Tensor> compare;
    readonly Func<Tensor, IReadOnlyList<Tensor>> extract;

    /// <summary>Any loss of feature lists, such as LPIPS with its weights: <c>(x, y) => lpips.forward(x, y, lin)</c>.</summary>
    /// <param name="compare">What two lists of features cost.</param>
    /// <param name="extractor">The features of a batch of images, one tensor a layer.</param>
    public FeatureSpaceLoss(
        Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>, Tensor> compare,
        Func<Tensor, IReadOnlyList<Tensor>> extractor
    )
        : base(Reduction.Mean)
    {
        ArgumentNullException.ThrowIfNull(compare);
        ArgumentNullException.ThrowIfNull(extractor);
        (this.compare, extract) = (compare, extractor);
    }

    /// <summary>A loss of feature lists, and any callable that finds features.</summary>
    /// <param name="loss">What two lists of features cost; it becomes part of this module.</param>
    /// <param name="extractor">The features of a batch of images, one tensor a layer.</param>
    public FeatureSpaceLoss(LossModuleOfLists loss, Func<Tensor, IReadOnlyList<Tensor>> extractor)
        : this(Of(loss), extractor) => register_module("loss", loss);

    /// <summary>A loss of feature lists, and a network that gives them.</summary>
    /// <param name="loss">What two lists of features cost; it becomes part of this module.</param>
    /// <param name="extractor">A network that gives one tensor a layer; it becomes part of this module.</param>
    public FeatureSpaceLoss(LossModuleOfLists loss, nn.Module<Tensor, IReadOnlyList<Tensor>> extractor)
        : this(Of(loss), Of(extractor))
    {
        register_module("loss", loss);
        register_module("extractor", extractor);
    }

    /// <summary>What the predicted images cost against the wanted ones.</summary>
    /// <param name="input">The predicted images, in whatever shape the extractor takes.</param>
    /// <param name="target">The wanted images; they get no gradient.</param>
    public override Tensor forward(Tensor input, Tensor target)
    {
        InputCheck.Live(input, nameof(FeatureSpaceLoss), nameof(input));
        InputCheck.Live(target, nameof(FeatureSpaceLoss), nameof(target));
        return Tensors.Scoped(() => compare(extract(input), Constants(target)));
    }

    IReadOnlyList<Tensor> Constants(Tensor target)
    {
        using var constant = no_grad();
        return extract(target);
    }

    static Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>, Tensor> Of(LossModuleOfLists loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        return loss.call;
    }

    static Func<Tensor, IReadOnlyList<Tensor>> Of(nn.Module<Tensor, IReadOnlyList<Tensor>> extractor)
    {
        ArgumentNullException.ThrowIfNull(extractor);
        return extractor.call;
    }
}
