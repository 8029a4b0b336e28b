namespace TorchLoss.Standard;

/// <summary>Negative log likelihood: raises the log probability of the right class.</summary>
/// <remarks>
/// Per position <c>ℓ = −w_y x_y</c> (nats), with the log probabilities x and the weight w_y of the target class. The mean divides
/// by the summed weights of the positions that count; where none counts it is NaN, as in PyTorch.
/// Shapes: (N, C, *) with (N, *), or (C) with ().
/// </remarks>
[Loss(
    Family.Standard,
    Formula = @"-w_y\, x_y",
    Source = "PyTorch torch.nn.NLLLoss",
    Function = "nll_loss",
    BuiltIn = "NLLLoss"
)]
public sealed partial class NLLLoss : StandardClass
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static new IReadOnlyList<InputInfo> Inputs { get; } =
    [new("input", "N C *", Role.LogProbability), new("target", "N *", Role.ClassIndex)];

    /// <param name="input">Log probabilities, (N, C, *) or (C).</param>
    /// <param name="target">Class indices, (N, *) or (), int64.</param>
    /// <param name="weight">Weight of each class, shape (C); null weighs all the same.</param>
    /// <param name="ignore_index">Target value of positions that do not count.</param>
    /// <param name="reduction">
    /// None keeps the single losses, Sum adds them up, Mean divides by the summed weights of what counts (NaN if nothing does).
    /// </param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        Tensor? weight = null,
        long ignore_index = -100,
        Reduction reduction = Reduction.Mean
    )
    {
        var scores = ClassScores.Check(input, target, weight, ignore_index, nameof(NLLLoss));
        return scores.Input.dim() == 2
            ? scores.Unbatch(Native(scores, weight, ignore_index, reduction))
            : Gathered(scores, weight, ignore_index, reduction);
    }

    /// <summary>The native kernel, which is safe with checked indices but ignores −100 only.</summary>
    static Tensor Native(ClassScores scores, Tensor? weight, long ignore_index, Reduction reduction)
    {
        var target = scores.Target;
        target = ignore_index == -100 ? target : target.masked_fill(target.eq(ignore_index), -100);
        return nll_loss(scores.Input.Upcast(), target, weight?.to(scores.Input.WideType), reduction);
    }

    /// <summary>With further dimensions: there the native kernel is not deterministic on CUDA.</summary>
    static Tensor Gathered(ClassScores scores, Tensor? weight, long ignore_index, Reduction reduction)
    {
        var weights = scores.Weights(weight, ignore_index);
        var losses = Losses(scores, scores.Input.Upcast(), weights, ignore_index);
        return reduction is Reduction.Mean ? losses.sum() / weights.sum() : losses.Reduce(reduction);
    }

    /// <summary>The weighted losses of the positions, 0 where they are ignored.</summary>
    internal static Tensor Losses(ClassScores scores, Tensor log_p, Tensor weights, long ignore_index)
    {
        var own = log_p.gather(1, scores.Index(ignore_index).unsqueeze(1)).squeeze(1);

        // cut out rather than weighted 0: an ignored position may hold −∞
        return where(scores.Target.ne(ignore_index), -own * weights, zeros_like(own));
    }
}
