using System.Runtime.CompilerServices;

namespace TorchLoss.Standard;

/// <summary>Kullback-Leibler divergence: pulls the predicted distribution over the target distribution.</summary>
/// <remarks>
/// Per element <c>ℓ = t (log t − x)</c> (nats), with the log probability x and the target probability t, or
/// <c>exp(t)·(t − x)</c> with the target's logarithm t. Only <c>BatchMean</c> is the mean divergence of the samples; <c>Mean</c>,
/// PyTorch's default, also divides by the number of classes. A target probability of 0 adds 0, as the limit says.
/// </remarks>
[Loss(
    Family.Standard,
    Formula = @"t\,(\log t - x)",
    Source = "Kullback and Leibler 1951, On Information and Sufficiency, doi:10.1214/aoms/1177729694; PyTorch torch.nn.KLDivLoss",
    Function = "kl_div",
    BuiltIn = "KLDivLoss"
)]
public sealed partial class KLDivLoss : StandardPointwise
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static new IReadOnlyList<InputInfo> Inputs { get; } =
    [new("input", "N *", Role.LogProbability), new("target", "N *", Role.Probability)];

    [MethodImpl(Inline)]
    static R Value<R>(R input, R target, bool log_target)
        where R : struct, IReal<R>
    {
        if (log_target)
        {
            // the logarithm of a target of 0: 0 times −∞ is NaN, the limit 0
            var q = R.Exp(target);
            var finite = R.Greater(target, double.NegativeInfinity);
            return R.Select(finite, q * (target - input), q);
        }

        var possible = R.Greater(target, 0.0);
        var positive = R.Select(possible, target, 1.0);
        return R.Select(possible, target * (R.Log(positive) - input), target * 0.0);
    }

    /// <param name="input">Log probabilities, (N, *).</param>
    /// <param name="target">Probabilities (or their logarithms), the shape of input.</param>
    /// <param name="reduction">
    /// None keeps the single terms, BatchMean sums them and divides by N, Mean divides by their number, Sum adds them up.
    /// </param>
    /// <param name="log_target">Whether the target holds logarithms.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        BatchReduction reduction = BatchReduction.Mean,
        bool log_target = false
    )
    {
        var each = reduction switch
        {
            BatchReduction.None => Reduction.None,
            BatchReduction.Mean => Reduction.Mean,
            BatchReduction.Sum or BatchReduction.BatchMean => Reduction.Sum,
            _ => throw new ArgumentOutOfRangeException(
                nameof(reduction),
                reduction,
                $"KLDivLoss: reduction must be None, Mean, Sum or BatchMean, got {reduction}."
            ),
        };
        var divergence = Weighted(new Formula(log_target), input, target, null, each);
        return reduction is BatchReduction.BatchMean && input.dim() > 0 ? divergence / input.shape[0] : divergence;
    }
}
