namespace TorchLoss;

/// <summary>Whom <see cref="LabelSmoothedCrossEntropyLoss"/> gives the share that it takes from the target.</summary>
public enum VocabularySmoothing
{
    /// <summary>The other entries of the vocabulary: ε/(V − 1) each (fairseq since 2021).</summary>
    Fairseq,

    /// <summary>All entries, the target included: ε/V each (PyTorch, older fairseq).</summary>
    Uniform,
}

/// <summary>Label-smoothed cross entropy of tokens, as translation models are trained: padding does not count.</summary>
/// <remarks>
/// Per token <c>ℓ = −(1 − ε − ε_i) log p_y − ε_i Σ_k log p_k</c> (nats) with <c>ε_i = ε/(V − 1)</c>, so that the target keeps 1 − ε, or
/// the same with ε/V to all. Shapes: logits (*, V), target (*). The sum is what fairseq reduces to; mean divides it by the tokens
/// that are not padding. ignore_index is an entry of the vocabulary, 1 in fairseq.
/// </remarks>
[Loss(
    Family.Language,
    Formula = @"-(1 - \varepsilon - \varepsilon_i) \log p_y - \varepsilon_i \sum_k \log p_k",
    Source = "Szegedy, Vanhoucke, Ioffe, Shlens and Wojna 2016, Rethinking the Inception Architecture, arXiv:1512.00567, section 7; fairseq label_smoothed_cross_entropy",
    BuiltIn = "CrossEntropyLoss"
)]
public sealed partial class LabelSmoothedCrossEntropyLoss : TokenLoss
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static new IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("logits", "N * V", Role.Logits),
        new("target", "N *", Role.ClassIndex),
        new("sample_weight", "N *", Role.Weight) { Optional = true },
    ];

    /// <param name="epsilon">Share ε that is taken from the target.</param>
    /// <param name="smoothing">Whom it is given to.</param>
    /// <param name="ignore_index">Target value of padding.</param>
    /// <param name="sample_weight">Weight of each token, broadcast to (*). Mean divides by the sum of the weights.</param>
    /// <param name="reduction">None keeps the tokens' losses (*), 0 for padding; Mean averages the others, Sum adds them up.</param>
    static Tensor Compute(
        Tensor logits,
        Tensor target,
        [Between(0, 1)] double epsilon = 0.1,
        VocabularySmoothing smoothing = VocabularySmoothing.Fairseq,
        long ignore_index = 1,
        [Input] Tensor? sample_weight = null,
        Reduction reduction = Reduction.Mean
    )
    {
        const string loss = nameof(LabelSmoothedCrossEntropyLoss);
        Check(logits, target, loss);
        InputCheck.IndexRange(target, logits.shape[^1], ignore_index, loss);
        InputCheck.BroadcastsTo(sample_weight, target, loss);
        var formula = new LabelSmoothingCrossEntropy.Formula(Share(epsilon, smoothing, logits.shape[^1]));
        return Tokens(formula, logits, target, ignore_index, reduction, sample_weight);
    }

    /// <summary>What is spread over all V entries: ε to the V − 1 others is ε V/(V − 1) to all.</summary>
    static double Share(double epsilon, VocabularySmoothing smoothing, long entries) =>
        smoothing is VocabularySmoothing.Uniform || entries < 2 ? epsilon : epsilon * entries / (entries - 1);
}
