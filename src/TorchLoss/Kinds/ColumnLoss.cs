namespace TorchLoss;

/// <summary>A loss of whole columns: how a batch of predictions goes with its targets, one number for each output.</summary>
/// <param name="reduction">How single losses become one value.</param>
public abstract class ColumnLoss(Reduction reduction = Reduction.Mean) : LossModule2(reduction)
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [new("input", "N D", Role.Prediction), new("target", "N D", Role.Target)];

    /// <summary>Refuses everything but (N) or (N, D) of one shape, and brings both to (N, D) of one type.</summary>
    private protected static (Tensor Input, Tensor Target) Columns(string loss, Tensor input, Tensor target)
    {
        InputCheck.Floating(input, loss);
        InputCheck.SameShape(target, input, loss);
        InputCheck.SameDevice(target, input, loss);
        if (input.dim() is not (1 or 2))
        {
            throw new ArgumentException($"{loss}: input must be (N) or (N, D), got {input.Shape}.", nameof(input));
        }

        var own = input.Upcast();
        var other = target.to(own.dtype);
        return own.dim() == 1 ? (own.unsqueeze(1), other.unsqueeze(1)) : (own, other);
    }

    /// <summary>Columns less their means; of no rows, nothing.</summary>
    private protected static Tensor Centred(Tensor columns) =>
        columns.shape[0] == 0 ? columns : columns - columns.mean([0], keepdim: true);

    /// <summary>Losses (D), or a single number where a single column was given as (N).</summary>
    private protected static Tensor Reduce(Tensor losses, Tensor input, Reduction reduction) =>
        (input.dim() == 1 ? losses.squeeze(0) : losses).Reduce(reduction);
}
