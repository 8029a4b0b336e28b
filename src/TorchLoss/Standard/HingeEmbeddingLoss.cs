using System.Runtime.CompilerServices;

namespace TorchLoss.Standard;

/// <summary>Hinge loss of distances: shrinks the distance of similar pairs, pushes dissimilar ones beyond a margin.</summary>
/// <remarks>
/// Per element <c>ℓ = x</c> where the label is 1 and <c>max(0, margin − x)</c> where it is −1, in the units of x; as in PyTorch
/// any other label adds both. The input is a distance, usually.
/// </remarks>
[Loss(
    Family.Standard,
    Formula = @"\begin{cases} x & y = 1 \\ \max(0, m - x) & y = -1 \end{cases}",
    Source = "PyTorch torch.nn.HingeEmbeddingLoss",
    Function = "hinge_embedding_loss",
    BuiltIn = "HingeEmbeddingLoss"
)]
public sealed partial class HingeEmbeddingLoss : StandardPointwise
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static new IReadOnlyList<InputInfo> Inputs { get; } =
    [new("input", "*", Role.Prediction), new("target", "*", Role.SignTarget)];

    /// <param name="margin">Distance that dissimilar pairs should have at least.</param>
    [MethodImpl(Inline)]
    static R Value<R>(R input, R target, [Finite] double margin = 1.0)
        where R : struct, IReal<R>
    {
        var not_similar = R.Greater(R.Abs(target - 1.0), 0.0);
        var not_dissimilar = R.Greater(R.Abs(target + 1.0), 0.0);
        R too_close = R.Max(0.0, margin - input);
        return R.Select(not_similar, too_close, 0.0) + R.Select(not_dissimilar, input, 0.0);
    }
}
