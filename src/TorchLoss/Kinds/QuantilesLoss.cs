namespace TorchLoss;

/// <summary>A loss of predictions of several quantiles of the same target.</summary>
/// <param name="reduction">How single losses become one value.</param>
public abstract class QuantilesLoss(Reduction reduction = Reduction.Mean) : LossModule2(reduction)
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("input", "B * Q", Role.Prediction),
        new("target", "B *", Role.Target),
        new("sample_weight", "B *", Role.Weight) { Optional = true },
    ];

    /// <summary>Refuses everything but (*, Q) predictions of Q quantiles, (*) targets, and weights that fit.</summary>
    protected static void Check(
        Tensor input,
        Tensor target,
        IReadOnlyList<double> quantiles,
        Tensor? sample_weight,
        string loss,
        string weight_name = "sample_weight"
    )
    {
        InputCheck.Floating(input, loss);
        InputCheck.SameDevice(target, input, loss);
        if (!input.shape.AsSpan().SequenceEqual([.. target.shape, quantiles.Count]))
        {
            throw new ArgumentException(
                $"{loss}: input (*, {quantiles.Count} quantiles) and target (*) expected, got {input.Shape} and {target.Shape}.",
                nameof(input)
            );
        }

        InputCheck.BroadcastsTo(sample_weight, target, loss, weight_name);
    }

    /// <summary>max(q e, (q − 1) e) of each prediction, with e = target − input.</summary>
    private protected static Tensor Pinball(Tensor input, Tensor target, IReadOnlyList<double> quantiles)
    {
        var prediction = input.Upcast();
        var q = tensor([.. quantiles], dtype: prediction.dtype, device: input.device);
        var error = target.unsqueeze(-1) - prediction;
        return maximum(q * error, (q - 1) * error);
    }
}
