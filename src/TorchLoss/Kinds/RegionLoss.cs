namespace TorchLoss;

/// <summary>A loss of how well predicted regions overlap the wanted ones, per sample and channel.</summary>
/// <param name="reduction">How single losses become one value.</param>
public abstract class RegionLoss(Reduction reduction = Reduction.Mean) : LossModule2(reduction)
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("input", "N C *", Role.Probability),
        new("target", "N C *", Role.BinaryTarget),
        new("mask", "N 1 *", Role.Mask) { Optional = true },
    ];

    /// <summary>Checks, activates, spreads labels over channels, and adds up what losses of overlap are made of.</summary>
    /// <param name="loss">The loss, for messages.</param>
    /// <param name="input">Probabilities (N, C, *), or scores where sigmoid or softmax is set; * is any space.</param>
    /// <param name="target">Regions (N, C, *) of 0 and 1, or between; with to_onehot_y int64 labels (N, 1, *) or (N, *).</param>
    /// <param name="mask">
    /// Which positions count, broadcast to (N, C, *): a bool mask leaves positions out, numbers weigh them.
    /// </param>
    /// <param name="include_background">False leaves channel 0 out.</param>
    /// <param name="to_onehot_y">The target holds class labels instead of one channel per class.</param>
    /// <param name="sigmoid">The input holds scores of independent channels: applies the sigmoid.</param>
    /// <param name="softmax">The input holds scores of exclusive channels: applies the softmax over them.</param>
    /// <param name="batch">Adds regions up over the whole batch before they are compared, instead of per sample.</param>
    /// <param name="soft_label">
    /// Takes min(p, t) for what two values have in common, so that an uncertain target t is matched best by p = t; p·t draws p
    /// to 0 or 1.
    /// </param>
    /// <param name="squared">Sizes are sums of squares.</param>
    private protected static Overlap Measure(
        string loss,
        Tensor input,
        Tensor target,
        Tensor? mask,
        bool include_background,
        bool to_onehot_y,
        bool sigmoid,
        bool softmax,
        bool batch,
        bool soft_label,
        bool squared = false
    )
    {
        Check(loss, input, target, mask, include_background, to_onehot_y, sigmoid, softmax);
        var p = Activate(input, sigmoid, softmax);
        var t = to_onehot_y ? OneHot(target, input) : target;
        var w = mask?.to(p.dtype).expand_as(p);
        if (!include_background)
        {
            (p, t, w) = (Foreground(p), Foreground(t), w is null ? null : Foreground(w));
        }

        return Overlap.Of(p, t.to(p.dtype), w, batch, soft_label, squared);
    }

    /// <summary>Probabilities of scores, at least in float32.</summary>
    private protected static Tensor Activate(Tensor input, bool sigmoid, bool softmax) =>
        softmax ? input.Upcast().softmax(1)
        : sigmoid ? input.Upcast().sigmoid()
        : input.Upcast();

    /// <summary>Losses (N, C) or (C) times the weight of their class; the mean's divisor stays the number of losses.</summary>
    /// <param name="loss">The loss, for messages.</param>
    /// <param name="losses">The losses.</param>
    /// <param name="weight">Weight of each class that counts (without the background where that is left out), or one for all; null: 1.</param>
    /// <param name="reduction">None keeps one loss per sample and channel, Mean averages them, Sum adds them up.</param>
    private protected static Tensor Weigh(string loss, Tensor losses, Tensor? weight, Reduction reduction)
    {
        if (weight is null)
        {
            return losses.Reduce(reduction);
        }

        InputCheck.SameDevice(weight, losses, loss, expectedName: "input");
        if (weight.numel() != 1 && (weight.dim() != 1 || weight.shape[0] != losses.shape[^1]))
        {
            throw new ArgumentException(
                $"{loss}: weight must have one entry per class that counts, ({losses.shape[^1]}), got {weight.Shape}.",
                nameof(weight)
            );
        }

        return (losses * weight.to(losses.dtype)).Reduce(reduction);
    }

    /// <summary>Losses per region with a dimension of size 1 for each of space, so that they broadcast over input.</summary>
    private protected static Tensor Widen(Tensor losses, Tensor input) =>
        losses.view([.. losses.shape, .. Enumerable.Repeat(1L, (int)input.dim() - 2)]);

    /// <summary>A weighted sum of reduced losses of regions and of positions; unreduced ones broadcast to (N, C, *).</summary>
    private protected static Tensor Join(
        Tensor regions,
        double regionWeight,
        Tensor positions,
        double positionWeight,
        Tensor input,
        Reduction reduction
    ) =>
        reduction is Reduction.None
            ? (regionWeight * Widen(regions, input) + positionWeight * positions).expand(input.shape)
            : regionWeight * regions + positionWeight * positions;

    static Tensor Foreground(Tensor channels) => channels.narrow(1, 1, channels.shape[1] - 1);

    /// <summary>Labels (N, 1, *) or (N, *) as truth values (N, C, *).</summary>
    internal static Tensor OneHot(Tensor labels, Tensor input)
    {
        var classes = arange(input.shape[1], device: labels.device);
        long[] along = [1, -1, .. Enumerable.Repeat(1L, (int)input.dim() - 2)];
        return (labels.dim() < input.dim() ? labels.unsqueeze(1) : labels).eq(classes.view(along));
    }

    static void Check(
        string loss,
        Tensor input,
        Tensor target,
        Tensor? mask,
        bool include_background,
        bool to_onehot_y,
        bool sigmoid,
        bool softmax
    )
    {
        InputCheck.Floating(input, loss);
        InputCheck.SameDevice(target, input, loss);
        if (input.dim() < 2)
        {
            throw new ArgumentException($"{loss}: input must be (N, C, *), got {input.Shape}.", nameof(input));
        }

        CheckChannels(loss, input.shape[1], include_background, to_onehot_y, sigmoid, softmax);
        InputCheck.BroadcastsTo(mask, input, loss);
        if (!to_onehot_y)
        {
            InputCheck.SameShape(target, input, loss);
            return;
        }

        InputCheck.Indices(target, loss);
        long[] without = [input.shape[0], .. input.shape[2..]];
        long[] with = [input.shape[0], 1, .. input.shape[2..]];
        if (!target.shape.AsSpan().SequenceEqual(without) && !target.shape.AsSpan().SequenceEqual(with))
        {
            throw new ArgumentException(
                $"{loss}: with to_onehot_y, input (N, C, *) needs labels (N, 1, *) or (N, *), got {input.Shape} and {target.Shape}.",
                nameof(target)
            );
        }

        InputCheck.IndexRange(target, input.shape[1], null, loss);
    }

    /// <summary>Refuses activations and labels that make no sense for a number of channels.</summary>
    private protected static void CheckChannels(
        string loss,
        long channels,
        bool include_background,
        bool to_onehot_y,
        bool sigmoid,
        bool softmax
    )
    {
        if (sigmoid && softmax)
        {
            throw new ArgumentException($"{loss}: sigmoid and softmax exclude each other.", nameof(softmax));
        }

        if (channels == 1 && (softmax || to_onehot_y || !include_background))
        {
            var why =
                softmax ? "softmax over one channel is 1 everywhere; set sigmoid"
                : to_onehot_y ? "a target of one channel needs no to_onehot_y"
                : "include_background=false leaves nothing of one channel";
            throw new ArgumentException($"{loss}: input has one channel: {why}.", "input");
        }
    }
}

/// <summary>What losses of overlap are made of: sums over space, shape (N, C), or (C) over the whole batch.</summary>
/// <param name="Both">What prediction and target share: the true positives.</param>
/// <param name="Predicted">The size of the prediction.</param>
/// <param name="Wanted">The size of the target.</param>
readonly record struct Overlap(Tensor Both, Tensor Predicted, Tensor Wanted)
{
    /// <summary>What is predicted but not wanted.</summary>
    public Tensor FalsePositives => Predicted - Both;

    /// <summary>What is wanted but not predicted.</summary>
    public Tensor FalseNegatives => Wanted - Both;

    /// <summary>Adds up over space.</summary>
    /// <param name="p">The prediction (N, C, *).</param>
    /// <param name="t">The target, of the same shape and dtype.</param>
    /// <param name="w">Weight of each position, of the same shape and dtype; null weighs all the same.</param>
    /// <param name="batch">Adds up over the batch as well.</param>
    /// <param name="soft_label">What p and t share is min(p, t) instead of p·t.</param>
    /// <param name="squared">Sizes are sums of squares.</param>
    public static Overlap Of(Tensor p, Tensor t, Tensor? w, bool batch, bool soft_label, bool squared)
    {
        var (weighted_p, weighted_t) = w is null ? (p, t) : (p * w, t * w);
        var both = soft_label && !squared ? minimum(weighted_p, weighted_t) : weighted_p * t;
        return new(
            Total(both, batch),
            Total(squared ? weighted_p * p : weighted_p, batch),
            Total(squared ? weighted_t * t : weighted_t, batch)
        );
    }

    static Tensor Total(Tensor values, bool batch)
    {
        var perChannel = values.dim() > 2 ? values.flatten(2).sum(2) : values;
        return batch ? perChannel.sum(dim: 0) : perChannel;
    }
}
