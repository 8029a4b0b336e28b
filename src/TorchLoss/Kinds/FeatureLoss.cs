namespace TorchLoss;

/// <summary>A loss of images by the features that a network finds in them: one tensor a layer, for each of two images.</summary>
/// <remarks>
/// The network stays the user's: no weights come along. <see cref="FeatureSpaceLoss"/> joins a network and such a loss to one
/// that takes images.
/// </remarks>
/// <param name="reduction">How single losses become one value.</param>
public abstract class FeatureLoss(Reduction reduction = Reduction.Mean) : LossModuleOfLists(reduction)
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("input", "N C H W", Role.Prediction) { IsList = true },
        new("target", "N C H W", Role.Target) { IsList = true },
    ];

    /// <summary>Checks the features of two images and pairs them up by layer, each pair in one dtype.</summary>
    /// <param name="loss">The loss, for messages.</param>
    /// <param name="input">Features of the predicted images, one tensor (N, C, *space) a layer.</param>
    /// <param name="target">Features of the wanted images, the shapes of input.</param>
    private protected static IReadOnlyList<(Tensor X, Tensor Y)> Layers(
        string loss,
        IReadOnlyList<Tensor> input,
        IReadOnlyList<Tensor> target
    )
    {
        InputCheck.SameCount(target, input, loss);
        for (var k = 0; k < input.Count; k++)
        {
            var (name, other) = (TensorArguments.Part(nameof(input), k), TensorArguments.Part(nameof(target), k));
            InputCheck.Floating(input[k], loss, name);
            InputCheck.Floating(target[k], loss, other);
            InputCheck.SameShape(target[k], input[k], loss, other, name);
            InputCheck.SameDevice(target[k], input[k], loss, other, name);
            if (input[k].dim() < 3 || input[k].shape[0] != input[0].shape[0])
            {
                throw new ArgumentException(
                    $"{loss}: {name} must be (N, C, *space) with the N of input_0, got {input[k].Shape} and {input[0].Shape}.",
                    nameof(input)
                );
            }
        }

        return [.. input.Zip(target, (x, y) => (x.Upcast(), y.to(x.Upcast().dtype)))];
    }

    /// <summary>Checks that there is one number a channel for each layer; null where nothing is given.</summary>
    private protected static void CheckChannels(
        string loss,
        IReadOnlyList<Tensor>? weights,
        IReadOnlyList<Tensor> input,
        [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(weights))] string name = ""
    )
    {
        if (weights is null)
        {
            return;
        }

        InputCheck.SameCount(weights, input, loss, name);
        for (var k = 0; k < weights.Count; k++)
        {
            var part = TensorArguments.Part(name, k);
            InputCheck.SameDevice(weights[k], input[k], loss, part, TensorArguments.Part(nameof(input), k));
            if (weights[k].dim() != 1 || weights[k].shape[0] != input[k].shape[1])
            {
                throw new ArgumentException(
                    $"{loss}: {part} must have one number a channel, ({input[k].shape[1]}), got {weights[k].Shape}.",
                    name
                );
            }
        }
    }

    /// <summary>The weighted sum of what the layers cost.</summary>
    private protected static Tensor Weighted(
        string loss,
        IReadOnlyList<(Tensor X, Tensor Y)> layers,
        IReadOnlyList<double>? weights,
        FeatureCriterion criterion,
        Reduction reduction
    )
    {
        if (weights is not null && weights.Count != layers.Count)
        {
            throw new ArgumentException(
                $"{loss}: weights must have one number a layer, {layers.Count}, got {weights.Count}.",
                nameof(weights)
            );
        }

        return layers
            .Select((layer, k) => Distance(layer.X - layer.Y, criterion, reduction) * (weights?[k] ?? 1))
            .Aggregate((a, b) => a + b);
    }

    static Tensor Distance(Tensor error, FeatureCriterion criterion, Reduction reduction)
    {
        if (criterion is FeatureCriterion.Fro && reduction is Reduction.Mean)
        {
            return error.norm();
        }

        var each = error.flatten(1);
        var losses = criterion switch
        {
            FeatureCriterion.Fro => each.norm(1),
            FeatureCriterion.L2 => each.square().mean([1]),
            _ => each.abs().mean([1]),
        };
        return losses.Reduce(reduction);
    }
}

/// <summary>How far the features of two images are apart.</summary>
public enum FeatureCriterion
{
    /// <summary>Mean absolute difference.</summary>
    L1,

    /// <summary>Mean squared difference.</summary>
    L2,

    /// <summary>Frobenius norm of the difference, of the whole batch at once where a mean is asked for.</summary>
    Fro,
}
