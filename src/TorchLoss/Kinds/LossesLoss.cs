namespace TorchLoss;

/// <summary>A loss of the single losses of another: it is put behind any loss with reduction none.</summary>
/// <param name="reduction">How single losses become one value.</param>
public abstract class LossesLoss(Reduction reduction = Reduction.Mean) : LossModule1(reduction)
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } = [new("losses", "*", Role.Prediction)];

    /// <summary>The losses in one row.</summary>
    private protected static Tensor Row(Tensor losses, string loss)
    {
        InputCheck.Floating(losses, loss);
        return losses.Upcast().reshape(-1);
    }

    /// <summary>The k largest (or smallest) of a row.</summary>
    private protected static Tensor Extreme(Tensor row, long k, bool largest) =>
        row.numel() == 0 ? row : row.topk((int)Math.Min(k, row.numel()), 0, largest, sorted: true).values;
}
