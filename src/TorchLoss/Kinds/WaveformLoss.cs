namespace TorchLoss;

/// <summary>A loss of signals against signals; the last dimension is time.</summary>
/// <param name="reduction">How single losses become one value.</param>
public abstract class WaveformLoss(Reduction reduction = Reduction.Mean) : LossModule2(reduction)
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [new("input", "N T", Role.Waveform), new("target", "N T", Role.Waveform)];

    /// <summary>Checks two signals and gives them in one dtype.</summary>
    /// <param name="loss">The loss, for messages.</param>
    /// <param name="input">The predicted signals (*, T).</param>
    /// <param name="target">The wanted signals, the shape of input.</param>
    private protected static (Tensor Input, Tensor Target) Check(string loss, Tensor input, Tensor target)
    {
        InputCheck.Floating(input, loss);
        InputCheck.Floating(target, loss);
        InputCheck.SameShape(target, input, loss);
        InputCheck.SameDevice(target, input, loss);
        if (input.dim() == 0 || input.shape[^1] == 0)
        {
            throw new ArgumentException(
                $"{loss}: input must be (*, T) with T at least 1, got {input.Shape}.",
                nameof(input)
            );
        }

        var x = input.Upcast();
        return (x, target.to(x.dtype));
    }

    /// <summary>The same, with the mean over time taken off both signals where that is wanted.</summary>
    private protected static (Tensor Input, Tensor Target) Signals(
        string loss,
        Tensor input,
        Tensor target,
        bool zero_mean
    )
    {
        var (x, y) = Check(loss, input, target);
        return zero_mean ? (SignalRatio.Centred(x), SignalRatio.Centred(y)) : (x, y);
    }
}
