namespace TorchLoss;

/// <summary>A loss of heatmaps, one for each key point, against wanted ones.</summary>
/// <param name="reduction">How single losses become one value.</param>
public abstract class HeatmapLoss(Reduction reduction = Reduction.Mean) : LossModule2(reduction)
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("input", "N K H W", Role.Prediction),
        new("target", "N K H W", Role.BinaryTarget),
        new("target_weights", "N K", Role.Weight) { Optional = true },
    ];

    /// <summary>Checks, multiplies both heatmaps by the weights, evaluates pixel by pixel, reduces.</summary>
    /// <param name="formula">The loss of one pixel.</param>
    /// <param name="input">The predicted heatmaps (N, K, *space).</param>
    /// <param name="target">The wanted heatmaps, the shape of input, in [0, 1].</param>
    /// <param name="target_weights">Weight of each key point (N, K), 0 for an invisible one, or of each pixel.</param>
    /// <param name="reduction">None keeps the map, Mean averages it over all pixels, Sum adds it up.</param>
    protected static Tensor Evaluate<F>(
        F formula,
        Tensor input,
        Tensor target,
        [Input] Tensor? target_weights = null,
        Reduction reduction = Reduction.Mean
    )
        where F : struct, IPointwiseFormula<F>
    {
        using var scope = NewDisposeScope();
        var weights = Check(LossName.Of<F>(), input, target, target_weights);
        var (x, y) = weights is null ? (input, target) : (input.Upcast() * weights, target.Upcast() * weights);
        return PointwiseEngine.Evaluate(formula, x, y, null, reduction).MoveToOuterDisposeScope();
    }

    /// <summary>Checks heatmaps and gives the weights in a shape that multiplies them, or null.</summary>
    /// <param name="loss">The loss, for messages.</param>
    /// <param name="input">The predicted heatmaps (N, K, *space).</param>
    /// <param name="target">The wanted heatmaps, the shape of input.</param>
    /// <param name="target_weights">Weight of each key point (N, K), 0 for an invisible one, or of each pixel.</param>
    private protected static Tensor? Check(string loss, Tensor input, Tensor target, Tensor? target_weights)
    {
        InputCheck.Floating(input, loss);
        InputCheck.SameShape(target, input, loss);
        InputCheck.SameDevice(target, input, loss);
        if (input.dim() < 3)
        {
            throw new ArgumentException($"{loss}: input must be (N, K, *space), got {input.Shape}.", nameof(input));
        }

        if (target_weights is null)
        {
            return null;
        }

        InputCheck.SameDevice(target_weights, input, loss);
        var sizes = target_weights.shape;
        if (!sizes.AsSpan().SequenceEqual(input.shape) && !sizes.AsSpan().SequenceEqual(input.shape.AsSpan(0, 2)))
        {
            throw new ArgumentException(
                $"{loss}: target_weights must be (N, K) or the shape of input, got {target_weights.Shape} and {input.Shape}.",
                nameof(target_weights)
            );
        }

        return PerMap(target_weights.to(input.Upcast().dtype), input.dim());
    }

    /// <summary>Appends dimensions of size 1, so that one number a map multiplies the map.</summary>
    private protected static Tensor PerMap(Tensor weights, long dimensions) =>
        weights.view([.. weights.shape, .. Enumerable.Repeat(1L, (int)(dimensions - weights.dim()))]);
}
