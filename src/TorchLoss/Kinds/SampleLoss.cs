namespace TorchLoss;

/// <summary>A loss between two sets of samples, each a draw from a distribution; there are no pairs.</summary>
/// <param name="reduction">How single losses become one value.</param>
public abstract class SampleLoss(Reduction reduction = Reduction.Mean) : LossModule2(reduction)
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [new("x", "N D", Role.Embedding), new("y", "M D", Role.Embedding)];

    /// <summary>Checks two sets of samples and gives them in one dtype.</summary>
    /// <param name="loss">The loss, for messages.</param>
    /// <param name="x">The samples of one distribution, (N, D).</param>
    /// <param name="y">The samples of the other, (M, D).</param>
    private protected static (Tensor X, Tensor Y) Check(string loss, Tensor x, Tensor y)
    {
        InputCheck.Floating(x, loss);
        InputCheck.Floating(y, loss);
        InputCheck.SameDevice(y, x, loss);
        InputCheck.Dimensions(x, 2, "(N, D)", loss);
        InputCheck.Dimensions(y, 2, "(M, D)", loss);
        if (x.shape[1] != y.shape[1])
        {
            throw new ArgumentException(
                $"{loss}: x (N, D) and y (M, D) must agree in D, got {x.Shape} and {y.Shape}.",
                nameof(y)
            );
        }

        var samples = x.Upcast();
        return (samples, y.to(samples.dtype));
    }

    /// <summary>Squared Euclidean distances of all pairs, (N, M), without a tensor of N·M·D.</summary>
    /// <remarks>
    /// The value comes from differences, for |x|² + |y|² − 2xy is wrong, even negative, for close points; the gradient, of any
    /// order, comes from that product form, for the gradient of a root is undefined where two points coincide.
    /// </remarks>
    private protected static Tensor SquaredDistances(Tensor x, Tensor y)
    {
        Tensor exact;
        using (no_grad())
        {
            exact = cdist(x.detach(), y.detach(), 2, compute_mode.donot_use_mm_for_euclid_dist).square();
        }

        if (!is_grad_enabled() || !(x.requires_grad || y.requires_grad))
        {
            return exact;
        }

        var product = x.square().sum(1, keepdim: true) + y.square().sum(1) - 2 * x.mm(y.t());
        return product + (exact - product.detach());
    }
}
