namespace TorchLoss;

/// <summary>Cross entropy with a z-loss: the logits of a language model keep their size, which cross entropy alone leaves open.</summary>
/// <remarks>
/// Per token <c>ℓ = CE(x, y) + λ (log Σ_k e^(x_k))²</c> (nats); CE with class weights and label smoothing as PyTorch has them. With softcap, x is
/// <c>c tanh(logits/c)</c> throughout. The mean divides CE by the weights of the targets and the z-loss by the number of tokens that count; where none
/// counts it is 0.
/// </remarks>
[Loss(
    Family.Language,
    Formula = @"-\log p_y + \lambda \left( \log \sum_k e^{x_k} \right)^2",
    Source = "Chowdhery et al. 2022, PaLM: Scaling Language Modeling with Pathways, arXiv:2204.02311, section 5; softcap: Gemma 2, arXiv:2408.00118",
    BuiltIn = "CrossEntropyLoss",
    Aliases = "ZLoss"
)]
public sealed partial class CrossEntropyWithZLoss : SoftmaxLoss
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static new IReadOnlyList<InputInfo> Inputs { get; } =
    [new("input", "N C *", Role.Logits), new("target", "N *", Role.ClassIndex)];

    /// <param name="input">The logits (N, V), or (N, V, *).</param>
    /// <param name="target">The tokens (N, *), int64.</param>
    /// <param name="weight">Weight of each token of the vocabulary, (V).</param>
    /// <param name="lse_square_scale">Weight λ of the z-loss.</param>
    /// <param name="label_smoothing">Share of the target that is spread over the whole vocabulary.</param>
    /// <param name="softcap">Bound c of the logits; null leaves them.</param>
    /// <param name="ignore_index">Target value of tokens that do not count.</param>
    /// <param name="reduction">None keeps the tokens' losses, Mean averages them, Sum adds them up.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        [AtLeast(0)] double lse_square_scale = 0.0,
        [Between(0, 1)] double label_smoothing = 0.0,
        [Positive] double? softcap = null,
        Tensor? weight = null,
        long ignore_index = -100,
        Reduction reduction = Reduction.Mean
    )
    {
        ClassIndexCheck.Run(input, target, null, weight, ignore_index, nameof(CrossEntropyWithZLoss));
        var x = input.Upcast();
        x = softcap is { } cap ? (x / cap).tanh() * cap : x;
        var counts = target.ne(ignore_index);
        var own = weight?.to(x.dtype);
        var ce = Standard.CrossEntropyLoss.Invoke(x, target, own, ignore_index, Reduction.None, label_smoothing);
        var z = x.logsumexp(1).square() * lse_square_scale;
        (ce, z) = (where(counts, ce, zeros_like(ce)), where(counts, z, zeros_like(z)));
        if (reduction is not Reduction.Mean)
        {
            return (ce + z).Reduce(reduction);
        }

        var count = counts.to(x.dtype);
        var divisor = own is null ? count : own.OfClass(target.ClassOrZero(ignore_index)) * count;
        return ce.sum().SafeDivide(divisor.sum()) + z.sum().SafeDivide(count.sum());
    }
}
