using System.Runtime.CompilerServices;

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
    /// <param name="x_name">What the loss calls x.</param>
    /// <param name="y_name">What the loss calls y.</param>
    private protected static (Tensor X, Tensor Y) Check(
        string loss,
        Tensor x,
        Tensor y,
        [CallerArgumentExpression(nameof(x))] string x_name = "",
        [CallerArgumentExpression(nameof(y))] string y_name = ""
    )
    {
        InputCheck.Floating(x, loss, x_name);
        InputCheck.Floating(y, loss, y_name);
        InputCheck.SameDevice(y, x, loss, y_name, x_name);
        InputCheck.Dimensions(x, 2, "(N, D)", loss, x_name);
        InputCheck.Dimensions(y, 2, "(M, D)", loss, y_name);
        if (x.shape[1] != y.shape[1])
        {
            throw new ArgumentException(
                $"{loss}: {x_name} (N, D) and {y_name} (M, D) must agree in D, got {x.Shape} and {y.Shape}.",
                y_name
            );
        }

        var samples = x.Upcast();
        return (samples, y.to(samples.dtype));
    }

    /// <summary>Squared Euclidean distances of all pairs, (N, M), without a tensor of N·M·D.</summary>
    /// <remarks>
    /// |x|² + |y|² − 2xy is a matrix product and has gradients of any order, where a root has none for points that coincide; but
    /// for close points it is wrong, even negative. So only its gradient is kept, and the value put right: by the same form in
    /// float64, or by differences (20 times slower) where the samples are float64 themselves.
    /// </remarks>
    private protected static Tensor SquaredDistances(Tensor x, Tensor y)
    {
        var product = Product(x, y);
        var (a, b) = (x.detach(), y.detach());
        var exact =
            x.dtype is ScalarType.Float64
                ? cdist(a, b, 2, compute_mode.donot_use_mm_for_euclid_dist).square()
                : Product(a.to(ScalarType.Float64), b.to(ScalarType.Float64)).relu().to(x.dtype);
        return product + (exact - product.detach());
    }

    static Tensor Product(Tensor x, Tensor y) => x.square().sum(1, keepdim: true) + y.square().sum(1) - 2 * x.mm(y.t());

    /// <summary>Both sets moved by one vector, so that their joint middle is near 0 and products keep their digits.</summary>
    private protected static (Tensor X, Tensor Y) Centred(Tensor x, Tensor y)
    {
        var middle = (x.detach().mean([0], keepdim: true) + y.detach().mean([0], keepdim: true)) * 0.5;
        return (x - middle, y - middle);
    }

    /// <summary>Weights of samples, scaled to the sum 1; null weighs all the same.</summary>
    private protected static Tensor Weights(
        string loss,
        Tensor? weights,
        Tensor samples,
        [CallerArgumentExpression(nameof(weights))] string name = ""
    )
    {
        if (weights is null)
        {
            var n = samples.shape[0];
            return full(n, 1.0 / Math.Max(1, n), dtype: samples.dtype, device: samples.device);
        }

        InputCheck.Floating(weights, loss, name);
        InputCheck.Dimensions(weights, 1, "one number a sample", loss, name);
        InputCheck.Size(weights, 0, samples.shape[0], "the number of samples", loss, name);
        InputCheck.SameDevice(weights, samples, loss, name, "the samples");
        var own = weights.to(samples.dtype);
        return own.SafeDivide(own.sum());
    }
}
