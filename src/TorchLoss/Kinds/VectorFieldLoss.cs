namespace TorchLoss;

/// <summary>A loss of one vector per position: flow, surface normals.</summary>
/// <param name="reduction">How single losses become one value.</param>
public abstract class VectorFieldLoss(Reduction reduction = Reduction.Mean) : LossModule2(reduction)
{
    /// <summary>Checks two fields of vectors and gives them in one dtype, 0 where they do not count, which may hold NaN.</summary>
    /// <param name="loss">The loss, for messages.</param>
    /// <param name="input">The predicted vectors (N, D, *).</param>
    /// <param name="target">The true vectors, the shape of input.</param>
    /// <param name="counted">Which positions count, broadcast to (N, *); null counts all.</param>
    /// <param name="maskName">What the loss calls that tensor.</param>
    private protected static (Tensor Input, Tensor Target) Check(
        string loss,
        Tensor input,
        Tensor target,
        Tensor? counted,
        string maskName
    )
    {
        InputCheck.Floating(input, loss);
        if (input.dim() < 2)
        {
            throw new ArgumentException($"{loss}: input must be (N, D, *), got {input.Shape}.", nameof(input));
        }

        InputCheck.SameShape(target, input, loss);
        InputCheck.SameDevice(target, input, loss);
        var x = input.Upcast();
        var t = target.to(x.dtype);
        if (counted is null)
        {
            return (x, t);
        }

        var positions = zeros([input.shape[0], .. input.shape[2..]], ScalarType.Bool, input.device);
        InputCheck.BroadcastsTo(counted, positions, loss, maskName);
        var counts = counted.ne(0).expand_as(positions).unsqueeze(1);
        return (where(counts, x, zeros_like(x)), where(counts, t, zeros_like(t)));
    }
}
