using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>A loss of two views of the same samples: row i of one belongs to row i of the other.</summary>
/// <param name="reduction">How single losses become one value.</param>
public abstract class TwoViewLoss(Reduction reduction = Reduction.Mean) : LossModule2(reduction)
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [new("z_a", "N D", Role.Embedding), new("z_b", "N D", Role.Embedding)];

    /// <summary>Refuses what are no two views and brings them to one type, float32 for half precision.</summary>
    /// <param name="loss">The name of the loss, for messages.</param>
    /// <param name="a">One view (N, D).</param>
    /// <param name="b">The other view (N, D).</param>
    /// <param name="a_name">How the loss calls the one view.</param>
    /// <param name="b_name">How the loss calls the other view.</param>
    protected internal static (Tensor A, Tensor B) Views(
        string loss,
        Tensor a,
        Tensor b,
        [CallerArgumentExpression(nameof(a))] string a_name = "",
        [CallerArgumentExpression(nameof(b))] string b_name = ""
    )
    {
        EmbeddingCheck.Rows(a, loss, a_name);
        InputCheck.Floating(b, loss, b_name);
        InputCheck.SameShape(b, a, loss, b_name, a_name);
        InputCheck.SameDevice(b, a, loss, b_name, a_name);
        var one = a.Upcast();
        return (one, b.to(one.dtype));
    }

    /// <summary>The cosine of each prediction with its target, which gets no gradient.</summary>
    internal static Tensor Agreement(
        string loss,
        Tensor prediction,
        Tensor target,
        [CallerArgumentExpression(nameof(prediction))] string prediction_name = "",
        [CallerArgumentExpression(nameof(target))] string target_name = ""
    )
    {
        var (p, z) = Views(loss, prediction, target, prediction_name, target_name);
        return p.Cosine(z.detach());
    }
}
