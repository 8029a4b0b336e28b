namespace TorchLoss.Standard;

/// <summary>A loss of triplets: each anchor has one positive and one negative, all of one shape.</summary>
/// <param name="reduction">How single losses become one value.</param>
public abstract class StandardTriplet(Reduction reduction = Reduction.Mean) : LossModule3(reduction)
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("anchor", "N D", Role.Embedding),
        new("positive", "N D", Role.Embedding),
        new("negative", "N D", Role.Embedding),
    ];

    /// <summary>Refuses all but three floating-point tensors of one shape (N, D) or (D), or with more dimensions before D.</summary>
    private protected static void Check(Tensor anchor, Tensor positive, Tensor negative, string loss)
    {
        InputCheck.Floating(anchor, loss);
        InputCheck.Floating(positive, loss);
        InputCheck.Floating(negative, loss);
        InputCheck.SameShape(positive, anchor, loss);
        InputCheck.SameShape(negative, anchor, loss);
        InputCheck.SameDevice(positive, anchor, loss);
        InputCheck.SameDevice(negative, anchor, loss);
        if (anchor.dim() == 0)
        {
            throw new ArgumentException($"{loss}: anchor must be (N, D) or (D), got {anchor.Shape}.", nameof(anchor));
        }
    }

    /// <summary>max(0, d(a, p) − d(a, n) + margin), with the swap the nearer of d(a, n) and d(p, n).</summary>
    private protected static Tensor Hinge(
        Func<Tensor, Tensor, Tensor> distance,
        (Tensor anchor, Tensor positive, Tensor negative) triplets,
        double margin,
        bool swap,
        Reduction reduction
    )
    {
        var (anchor, positive, negative) = triplets;
        var near = distance(anchor, positive);
        var far = distance(anchor, negative);
        far = swap ? far.minimum(distance(positive, negative)) : far;
        return (near - far + margin).clamp_min(0).Fold(reduction);
    }
}
