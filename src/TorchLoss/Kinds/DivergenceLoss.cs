namespace TorchLoss;

/// <summary>A divergence between predicted and wanted probabilities over the classes, last dimension.</summary>
/// <remarks>
/// Both are probabilities in [0, 1] (checked on the CPU), not logits; that they sum to 1 is not checked. A predicted or wanted 0
/// costs what the definition says, its gradient is that of what remains.
/// </remarks>
/// <param name="reduction">How single losses become one value.</param>
public abstract class DivergenceLoss(Reduction reduction = Reduction.Mean) : LossModule2(reduction)
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("input", "B * C", Role.Probability),
        new("target", "B * C", Role.Probability),
        new("sample_weight", "B *", Role.Weight) { Optional = true },
    ];

    /// <summary>Checks, evaluates per distribution, weights, reduces.</summary>
    /// <param name="loss">The loss, for messages.</param>
    /// <param name="input">The predicted probabilities (*, C).</param>
    /// <param name="target">The wanted probabilities (*, C).</param>
    /// <param name="reduction">None keeps one loss per distribution (*), Mean averages them, Sum adds them up.</param>
    /// <param name="sample_weight">Weight of each distribution, broadcast to (*). Mean divides by the sum of the weights.</param>
    /// <param name="divergence">From two sets of distributions to one number for each.</param>
    private protected static Tensor Evaluate(
        string loss,
        Tensor input,
        Tensor target,
        Reduction reduction,
        Tensor? sample_weight,
        Func<Tensor, Tensor, Tensor> divergence
    )
    {
        InputCheck.Floating(input, loss);
        if (input.dim() == 0)
        {
            throw new ArgumentException($"{loss}: input must be (*, C), got a single number.", nameof(input));
        }

        InputCheck.Like(target, input, loss);
        InputCheck.Probabilities(input, loss);
        InputCheck.Probabilities(target, loss);
        var p = input.Upcast();
        var losses = divergence(p, target.to(p.dtype));
        InputCheck.BroadcastsTo(sample_weight, losses, loss);
        return losses.Reduce(reduction, sample_weight);
    }

    /// <summary>p log(p/q) of each class: 0 where p is 0, ∞ where only q is.</summary>
    private protected static Tensor Relative(Tensor p, Tensor q)
    {
        var some = p.gt(0);
        var own = where(some, p, ones_like(p));

        // where p is 0 the term is 0 whatever q; its logarithm must not be taken there, for 0 times its slope is NaN
        var other = where(some, q, ones_like(q));
        return where(some, own * (own.log() - other.log()), zeros_like(p));
    }

    /// <summary>log Σ p^a q^(1 − a); classes where a factor is 0 add nothing (a between 0 and 1), or ∞ (q at 0 and a above 1).</summary>
    private protected static Tensor LogAffinity(Tensor p, Tensor q, double a)
    {
        var both =
            a is > 0 and < 1 ? p.gt(0).logical_and(q.gt(0))
            : a >= 1 ? p.gt(0)
            : q.gt(0);
        var log_p = where(both, p, ones_like(p)).log();
        var log_q = where(both, q, ones_like(q)).log();
        var terms = (log_p * a + log_q * (1 - a)).masked_fill(both.logical_not(), double.NegativeInfinity);

        // distributions that share no class have no finite divergence; their gradient would be NaN
        var apart = both.any(-1, keepdim: true).logical_not();
        var sum = terms.masked_fill(apart, 0).logsumexp(-1);
        return sum.masked_fill(apart.squeeze(-1), double.NegativeInfinity);
    }

    /// <summary>√p whose slope at 0, which is infinite, counts as 0.</summary>
    private protected static Tensor Root(Tensor p) => p.SafePow(0.5);
}
