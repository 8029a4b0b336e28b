namespace TorchLoss;

/// <summary>What the channels of a segmentation mean.</summary>
public enum RegionMode
{
    /// <summary>One region, one channel: input (N, 1, *), target (N, 1, *) or (N, *).</summary>
    Binary,

    /// <summary>Exclusive classes: input (N, C, *), class indices (N, *), int64.</summary>
    Multiclass,

    /// <summary>Regions that may cover each other: input (N, C, *), target of the same shape.</summary>
    Multilabel,
}

/// <summary>A loss of how well regions overlap, each pooled over the whole batch: the dialect of segmentation_models.pytorch.</summary>
/// <remarks>
/// A class of which the batch holds nothing costs 0, whatever is predicted for it, but counts in the mean. What prediction and
/// target share is min(p, t), so that an uncertain target is matched best by itself.
/// </remarks>
public abstract class PooledRegionLoss : LossModule2
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [new("input", "N C *", Role.Logits), new("target", "N C *", Role.BinaryTarget)];

    /// <summary>The mean over classes of 1 − (I + s) / max(I + α FP + β FN + s, eps), or of the negative logarithm.</summary>
    /// <param name="loss">The loss, for messages.</param>
    /// <param name="alpha">Price of false positives.</param>
    /// <param name="beta">Price of false negatives.</param>
    /// <param name="input">The predicted regions (N, C, *).</param>
    /// <param name="target">The wanted regions: class indices (N, *) for multiclass, else 0 and 1 (or between) in the shape of input.</param>
    /// <param name="mode">What the channels mean.</param>
    /// <param name="classes">The classes whose losses are averaged; null takes all. Only where there are several channels.</param>
    /// <param name="log_loss">Takes −log of the score instead of 1 − score: a stronger pull while the overlap is small.</param>
    /// <param name="from_logits">The input holds logits; false: probabilities.</param>
    /// <param name="smooth">Smoothing s of dividend and divisor: large values hide small regions.</param>
    /// <param name="ignore_index">Target value of positions that do not count.</param>
    /// <param name="eps">The smallest divisor, and the smallest score whose logarithm is taken.</param>
    /// <param name="class_weights">
    /// Weight of each class (or of each chosen one); the mean divides by their sum. Null weighs all the same.
    /// </param>
    private protected static Tensor Evaluate(
        string loss,
        double alpha,
        double beta,
        Tensor input,
        Tensor target,
        RegionMode mode,
        IReadOnlyList<long>? classes,
        bool log_loss,
        bool from_logits,
        double smooth,
        long? ignore_index,
        double eps,
        Tensor? class_weights
    )
    {
        Check(loss, input, target, mode, classes, ignore_index, class_weights);
        var region = Measure(input, target, mode, from_logits, ignore_index);
        var mistakes = alpha * region.FalsePositives + beta * region.FalseNegatives;
        var divisor = region.Both + mistakes + smooth;
        var bounded = divisor.clamp_min(eps);

        // 1 − score as a quotient of its own: next to 1, a score in float32 has no digits left for what is missing
        var losses = log_loss
            ? -((region.Both + smooth) / bounded).clamp_min(eps).log()
            : (bounded - divisor + mistakes) / bounded;
        losses = where(region.Wanted.gt(0), losses, zeros_like(losses));
        return Mean(losses, classes, class_weights);
    }

    static Overlap Measure(Tensor input, Tensor target, RegionMode mode, bool from_logits, long? ignore_index)
    {
        var scores = input.Upcast();
        var isMulticlass = mode is RegionMode.Multiclass;
        var p =
            !from_logits ? scores
            : isMulticlass ? scores.softmax(1)
            : scores.sigmoid();
        var labels = target.dim() < input.dim() ? target.unsqueeze(1) : target;
        var t = (isMulticlass ? RegionLoss.OneHot(labels, input) : labels).to(p.dtype);
        if (ignore_index is not { } ignored)
        {
            return Overlap.Of(p, t, null, batch: true, soft_label: true, squared: false);
        }

        var counts = labels.ne(ignored);
        t = where(counts, t, zeros_like(t));
        return Overlap.Of(p, t, counts.to(p.dtype).expand_as(p), batch: true, soft_label: true, squared: false);
    }

    static Tensor Mean(Tensor losses, IReadOnlyList<long>? classes, Tensor? class_weights)
    {
        var weights = class_weights?.to(losses.dtype);
        if (classes is not null)
        {
            var chosen = tensor([.. classes], device: losses.device);
            weights = weights?.numel() == losses.numel() ? weights.index_select(0, chosen) : weights;
            losses = losses.index_select(0, chosen);
        }

        return losses.Reduce(Reduction.Mean, weights);
    }

    static void Check(
        string loss,
        Tensor input,
        Tensor target,
        RegionMode mode,
        IReadOnlyList<long>? classes,
        long? ignore_index,
        Tensor? class_weights
    )
    {
        if (mode is RegionMode.Multiclass)
        {
            ClassIndexCheck.Run(input, target, null, null, ignore_index, loss);
        }
        else
        {
            CheckRegions(loss, input, target, mode);
        }

        CheckClasses(loss, input.shape[1], mode, classes);
        CheckWeights(loss, input, classes, class_weights);
    }

    static void CheckRegions(string loss, Tensor input, Tensor target, RegionMode mode)
    {
        InputCheck.Floating(input, loss);
        InputCheck.SameDevice(target, input, loss);
        var isBinary = mode is RegionMode.Binary;
        if (input.dim() < 2 || isBinary && input.shape[1] != 1)
        {
            throw new ArgumentException(
                $"{loss}: in mode {mode}, input must be (N, {(isBinary ? "1" : "C")}, *), got {input.Shape}.",
                nameof(input)
            );
        }

        if (!isBinary || target.dim() != input.dim() - 1)
        {
            InputCheck.SameShape(target, input, loss);
            return;
        }

        var plain = input.select(1, 0);
        InputCheck.SameShape(target, plain, loss, expectedName: "input without its channel");
    }

    static void CheckClasses(string loss, long channels, RegionMode mode, IReadOnlyList<long>? classes)
    {
        if (classes is null)
        {
            return;
        }

        var isBinary = mode is RegionMode.Binary;
        if (isBinary || classes.Count == 0 || classes.Any(c => c < 0 || c >= channels))
        {
            throw new ArgumentException(
                isBinary
                    ? $"{loss}: mode Binary has no classes to choose from."
                    : $"{loss}: classes must be at least one index in [0, {channels}), got [{string.Join(", ", classes)}].",
                nameof(classes)
            );
        }
    }

    static void CheckWeights(string loss, Tensor input, IReadOnlyList<long>? classes, Tensor? class_weights)
    {
        if (class_weights is null)
        {
            return;
        }

        InputCheck.SameDevice(class_weights, input, loss);
        var channels = input.shape[1];
        if (
            class_weights.dim() != 1
            || class_weights.shape[0] != channels && class_weights.shape[0] != (classes?.Count ?? channels)
        )
        {
            throw new ArgumentException(
                $"{loss}: class_weights must have one entry per class, ({channels}), got {class_weights.Shape}.",
                nameof(class_weights)
            );
        }
    }
}
