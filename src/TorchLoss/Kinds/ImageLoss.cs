namespace TorchLoss;

/// <summary>A loss of images against images of the same size.</summary>
/// <param name="reduction">How single losses become one value.</param>
public abstract class ImageLoss(Reduction reduction = Reduction.Mean) : LossModule2(reduction)
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [new("input", "N C H W", Role.Image), new("target", "N C H W", Role.Image)];

    /// <summary>Checks two images of some dimensions of space and gives them in one dtype.</summary>
    /// <param name="loss">The loss, for messages.</param>
    /// <param name="input">The predicted images (N, C, *space).</param>
    /// <param name="target">The wanted images, the shape of input.</param>
    /// <param name="spatial_dims">Number of dimensions of space: 1 for signals (N, C, W), 2 for images, 3 for volumes.</param>
    /// <param name="least">The smallest side that is allowed.</param>
    /// <param name="why">What needs that size, for messages.</param>
    private protected static (Tensor Input, Tensor Target) Check(
        string loss,
        Tensor input,
        Tensor target,
        long spatial_dims,
        long least,
        string why
    )
    {
        InputCheck.Floating(input, loss);
        InputCheck.Floating(target, loss);
        InputCheck.SameShape(target, input, loss);
        InputCheck.SameDevice(target, input, loss);
        var pattern =
            spatial_dims is 1 ? "(N, C, W)"
            : spatial_dims is 2 ? "(N, C, H, W)"
            : "(N, C, D, H, W)";
        InputCheck.Dimensions(input, (int)spatial_dims + 2, pattern, loss);
        if (input.shape[2..].Any(side => side < least))
        {
            throw new ArgumentException(
                $"{loss}: each side of input must be at least {least} ({why}), got {input.Shape}.",
                nameof(input)
            );
        }

        var x = input.Upcast();
        return (x, target.to(x.dtype));
    }
}

/// <summary>How a window weighs the pixels in it.</summary>
public enum WindowShape
{
    /// <summary>A bell that fades out towards the edge.</summary>
    Gaussian,

    /// <summary>All the same.</summary>
    Uniform,
}

/// <summary>What happens at the edge of an image.</summary>
public enum WindowPadding
{
    /// <summary>Only windows that lie inside the image count.</summary>
    Valid,

    /// <summary>The image is mirrored at its edges, so that each pixel has a window.</summary>
    Same,
}

/// <summary>Windows that slide over images, one axis after the other.</summary>
static class Windows
{
    /// <summary>The weights along one axis; they sum to 1.</summary>
    public static double[] Weights(WindowShape shape, long size, double sigma)
    {
        var weights = new double[size];
        for (var i = 0; i < size; i++)
        {
            var z = (i - (size - 1) / 2.0) / sigma;
            weights[i] = shape is WindowShape.Gaussian ? Math.Exp(-z * z / 2) : 1;
        }

        var sum = weights.Sum();
        return Array.ConvertAll(weights, w => w / sum);
    }

    /// <summary>Weighted means over all windows that lie inside images (..., *space).</summary>
    /// <remarks>An axis at a time: 2·11 products a pixel instead of 11².</remarks>
    public static Tensor Means(Tensor images, Tensor weights, long spatial_dims)
    {
        for (var axis = (int)(images.dim() - spatial_dims); axis < images.dim(); axis++)
        {
            images = Along(images, weights, axis);
        }

        return images;
    }

    /// <summary>Means along one axis of planes (before, axis, after), or (before, rows, axis) for the last.</summary>
    /// <remarks>
    /// In float32 all planes are channels of one image that do not mix: on the CPU, libtorch convolves many images of one channel
    /// 30 times slower. Where it has no such kernel, in float64, it is the other way round.
    /// </remarks>
    static Tensor Along(Tensor images, Tensor weights, int axis)
    {
        var shape = images.shape;
        var size = weights.shape[0];
        var isLast = axis == shape.Length - 1;
        var split = isLast ? axis - 1 : axis;
        var planes = Product(shape[..split]);
        long[] plane = [shape[split], Product(shape[(split + 1)..])];
        shape[axis] += 1 - size;
        if (planes == 0)
        {
            return images.reshape(shape);
        }

        var channels = images.dtype is ScalarType.Float32 ? planes : 1;
        var kernel = isLast ? weights.view(1, 1, 1, size) : weights.view(1, 1, size, 1);
        var means = conv2d(
            images.reshape([planes / channels, channels, .. plane]),
            kernel.repeat_interleave(channels, 0),
            groups: channels
        );
        return means.reshape(shape);
    }

    static long Product(long[] sizes) => sizes.Aggregate(1L, (a, b) => a * b);
}
