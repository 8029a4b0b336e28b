using System.Runtime.CompilerServices;

namespace TorchLoss.Standard;

/// <summary>Binary cross entropy of logits: makes each sigmoid the probability that its label is 1.</summary>
/// <remarks>
/// Per element <c>ℓ = w (ω t · softplus(−x) + (1 − t) · softplus(x))</c> (nats), with the logit x, the target t in [0, 1], the
/// weight w and the weight ω of positives. The softplus is always that of −|x|, and what is linear is added in the branch where
/// it does not cancel: a confident right answer keeps all its digits, whether its label is 0 or 1.
/// The mean divides by the number of elements, also with weights.
/// </remarks>
[Loss(
    Family.Standard,
    Formula = @"-w \big(\omega\, t \log \sigma(x) + (1 - t) \log(1 - \sigma(x))\big)",
    Source = "PyTorch torch.nn.BCEWithLogitsLoss",
    Function = "binary_cross_entropy_with_logits",
    Aliases = "SigmoidCrossEntropyLoss",
    BuiltIn = "BCEWithLogitsLoss"
)]
public sealed partial class BCEWithLogitsLoss : StandardPointwise
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static new IReadOnlyList<InputInfo> Inputs { get; } =
    [new("input", "*", Role.Logits), new("target", "*", Role.BinaryTarget)];

    [MethodImpl(Inline)]
    static R Value<R>(R input, R target)
        where R : struct, IReal<R>
    {
        var positive = R.Greater(input, 0.0);
        var linear = R.Select(positive, (1.0 - target) * input, -(target * input));
        return linear + R.Softplus(R.Select(positive, -input, input));
    }

    /// <param name="input">The logits, any shape.</param>
    /// <param name="target">The labels in [0, 1], the shape of input.</param>
    /// <param name="weight">Weight of each element, broadcast to the losses; null weighs all the same.</param>
    /// <param name="reduction">None keeps the single losses, Mean averages them (NaN where there are none), Sum adds them up.</param>
    /// <param name="pos_weight">Weight ω of positives, broadcast to the losses: above 1 it raises recall, below 1 precision.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        Tensor? weight = null,
        Reduction reduction = Reduction.Mean,
        Tensor? pos_weight = null
    )
    {
        if (pos_weight is null)
        {
            return Weighted(new Formula(), input, target, weight, reduction);
        }

        var (x, t) = Operands.Pair(input, target, nameof(BCEWithLogitsLoss));
        InputCheck.BroadcastsTo(weight, x, nameof(BCEWithLogitsLoss));
        InputCheck.BroadcastsTo(pos_weight, x, nameof(BCEWithLogitsLoss));
        if (Factors(x, t, weight, pos_weight) is { } factors)
        {
            using (factors)
            {
                return Weighted(new Formula(), x, t, factors, reduction);
            }
        }

        var losses = WithPositives(x.Upcast(), t.Upcast(), pos_weight.to(x.WideType));
        return (weight is null ? losses : losses * weight).Fold(reduction);
    }

    /// <summary>
    /// Labels that are 0 or 1 make the weight of positives one of elements: ω where the label is 1. Null where they are not, or
    /// where torch operators must do it anyhow.
    /// </summary>
    static Tensor? Factors(Tensor x, Tensor t, Tensor? weight, Tensor pos_weight)
    {
        var constant = Fusion.AcceptsWeight(pos_weight) && Fusion.AcceptsWeight(weight);
        if (!constant || x.WideType is not ScalarType.Float32 || !BinaryTargets.AreIn(t))
        {
            return null;
        }

        var factors = GradientPool.Empty(x.shape);
        using var scope = NewDisposeScope();
        factors.copy_(t).mul_(pos_weight).add_(t.eq(0)); // a sum such as 1 + (ω − 1) t would lose the digits of a small ω
        if (weight is not null)
        {
            factors.mul_(weight);
        }

        return factors;
    }

    static Tensor WithPositives(Tensor x, Tensor t, Tensor pos_weight)
    {
        var positive = x.gt(0);
        var factor = 1 + (pos_weight - 1) * t;
        var linear = where(positive, (1 - t) * x, -pos_weight * t * x);
        return linear - factor * logsigmoid(where(positive, x, -x));
    }
}
