namespace TorchLoss;

/// <summary>How the errors of depth maps become one value.</summary>
public enum DepthReduction
{
    /// <summary>Over all positions of the batch that count: an image with more of them weighs more.</summary>
    BatchBased,

    /// <summary>Over those of each image, then over images: each image weighs the same.</summary>
    ImageBased,
}

/// <summary>A loss of depth (or disparity) maps, image by image, in the form of MiDaS.</summary>
/// <param name="reduction">Not used: how errors become one value is an option of its own.</param>
public abstract class DepthMapLoss(Reduction reduction = Reduction.Mean) : LossModule2(reduction)
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("input", "B H W", Role.Prediction),
        new("target", "B H W", Role.Target),
        new("mask", "B H W", Role.Mask) { Optional = true },
    ];

    /// <summary>Checks the maps, and puts 0 where they do not count, which may hold NaN.</summary>
    /// <param name="loss">The loss, for messages.</param>
    /// <param name="input">The predicted maps (B, H, W).</param>
    /// <param name="target">The true maps, the shape of input.</param>
    /// <param name="mask">Which positions count, broadcast to (B, H, W); numbers weigh them.</param>
    private protected static (Tensor Input, Tensor Target, Tensor Mask) Check(
        string loss,
        Tensor input,
        Tensor target,
        Tensor? mask
    )
    {
        InputCheck.Floating(input, loss);
        InputCheck.Dimensions(input, 3, "(B, H, W)", loss);
        InputCheck.SameShape(target, input, loss);
        InputCheck.SameDevice(target, input, loss);
        InputCheck.BroadcastsTo(mask, input, loss);
        var x = input.Upcast();
        var t = target.to(x.dtype);
        if (mask is null)
        {
            return (x, t, ones_like(x));
        }

        var w = mask.to(x.dtype).expand_as(x);
        var counts = w.ne(0);
        return (where(counts, x, zeros_like(x)), where(counts, t, zeros_like(t)), w);
    }

    /// <summary>Sums (B) of errors by the number of positions (B) they are of; images without any cost 0.</summary>
    private protected static Tensor Average(Tensor sums, Tensor counts, DepthReduction reduction) =>
        reduction is DepthReduction.BatchBased
            ? sums.sum().SafeDivide(counts.sum())
            : sums.SafeDivide(counts).Reduce(Reduction.Mean);

    /// <summary>Absolute differences between neighbours of an error map, on every position, every second, every fourth, ...</summary>
    private protected static Tensor Roughness(Tensor error, Tensor mask, long scales, DepthReduction reduction) =>
        Enumerable
            .Range(0, (int)scales)
            .Select(scale => AtStep(error * mask, mask, 1L << scale, reduction))
            .Aggregate((a, b) => a + b);

    static Tensor AtStep(Tensor error, Tensor mask, long step, DepthReduction reduction)
    {
        Tensor Thin(Tensor map) => map.slice(1, 0, map.shape[1], step).slice(2, 0, map.shape[2], step);
        var (e, m) = (Thin(error), Thin(mask));
        return Average(Along(e, m, 1) + Along(e, m, 2), m.sum(1, 2), reduction);
    }

    static Tensor Along(Tensor error, Tensor mask, int dimension)
    {
        var pairs = Math.Max(0, error.shape[dimension] - 1);
        var first = Math.Min(1, error.shape[dimension]);
        Tensor Left(Tensor map) => map.narrow(dimension, 0, pairs);
        Tensor Right(Tensor map) => map.narrow(dimension, first, pairs);
        var steps = (Right(error) - Left(error)).abs();
        return (steps * Right(mask) * Left(mask)).sum(1, 2);
    }
}
