namespace TorchLoss.Standard;

/// <summary>A loss of scores of classes against one class per position, batched (N, C, *) or of a single sample (C).</summary>
/// <param name="reduction">How single losses become one value.</param>
public abstract class StandardClass(Reduction reduction = Reduction.Mean) : LossModule2(reduction)
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [new("input", "N C *", Role.Logits), new("target", "N *", Role.ClassIndex)];

    /// <summary>Runs a formula of log p; the mean is over what counts, NaN where nothing does.</summary>
    private protected static Tensor Evaluate<F>(
        F formula,
        ClassScores scores,
        Tensor? weight,
        long ignore_index,
        Reduction reduction
    )
        where F : struct, ISoftmaxFormula<F>
    {
        var weights = new SoftmaxWeights(weight, null, ignore_index, MeanByClassWeight: true)
        {
            MeanOfNothing = float.NaN,
        };
        var loss = SoftmaxEngine.Evaluate(formula, scores.Input, scores.Target, weights, reduction);
        return reduction is Reduction.Mean ? loss : scores.Unbatch(loss);
    }
}

/// <summary>Checked scores and class indices in batched form.</summary>
/// <param name="Input">Scores (N, C, *).</param>
/// <param name="Target">Class indices (N, *).</param>
/// <param name="IsSingle">It was one sample, (C) and ().</param>
readonly record struct ClassScores(Tensor Input, Tensor Target, bool IsSingle)
{
    /// <summary>Refuses anything but (N, C, *) with (N, *) or (C) with (), indices out of range, and weights that do not fit.</summary>
    public static ClassScores Check(Tensor input, Tensor target, Tensor? weight, long? ignore_index, string loss)
    {
        if (input.dim() == 1 && target.dim() != 0)
        {
            throw new ArgumentException(
                $"{loss}: input (C) needs target (), got {input.Shape} and {target.Shape}.",
                nameof(target)
            );
        }

        var single = input.dim() == 1;
        var (x, y) = single ? (input.unsqueeze(0), target.unsqueeze(0)) : (input, target);
        ClassIndexCheck.Run(x, y, null, weight, ignore_index, loss);
        return new(x, y, single);
    }

    /// <summary>What each position weighs: the weight of its class, or 1; 0 where it is ignored.</summary>
    public Tensor Weights(Tensor? weight, long ignore_index)
    {
        var counts = Target.ne(ignore_index);
        if (weight is null)
        {
            return counts.to(Input.WideType);
        }

        var own = weight.to(Input.WideType).index_select(0, Index(ignore_index).flatten()).view(Target.shape);
        return where(counts, own, zeros_like(own));
    }

    /// <summary>Class indices that may be looked up: 0 in place of the ignored ones.</summary>
    public Tensor Index(long ignore_index) => where(Target.ne(ignore_index), Target, zeros_like(Target));

    /// <summary>Single losses without the batch dimension that was added.</summary>
    public Tensor Unbatch(Tensor losses) => IsSingle && losses.dim() > 0 ? losses.squeeze(0) : losses;
}
