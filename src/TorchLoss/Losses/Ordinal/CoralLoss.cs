namespace TorchLoss;

/// <summary>Consistent rank logits (CORAL): an ordered class as a series of yes/no questions, "is it above rank k?".</summary>
/// <remarks>
/// Per sample <c>ℓ = Σ_k w_k · BCE(σ(x_k), level_k)</c> (nats) over the K − 1 thresholds, level_k being 1 where the class is
/// above k; mean and sum are over samples. A model whose logits share one weight vector and differ by their bias only keeps
/// its answers in order. <see cref="Levels"/> makes the levels of class labels, <see cref="Predict"/> turns logits into classes.
/// Written with two log-sigmoids, so that a confident wrong answer costs its full logit instead of infinity.
/// </remarks>
[Loss(
    Family.Ordinal,
    Formula = @"-\sum_{k=1}^{K-1} w_k \big(l_k \log \sigma(x_k) + (1 - l_k) \log(1 - \sigma(x_k))\big)",
    Source = "Cao, Mirjalili and Raschka 2020, Rank consistent ordinal regression for neural networks, arXiv:1901.07884, eq. (4)",
    BuiltIn = "BCEWithLogitsLoss"
)]
public sealed partial class CoralLoss : LossModule2
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("logits", "N K", Role.Logits),
        new("levels", "N K", Role.BinaryTarget),
        new("sample_weight", "N", Role.Weight) { Optional = true },
    ];

    /// <param name="importance_weights">Weight w_k of each threshold, shape (K − 1); null weighs all the same.</param>
    /// <param name="reduction">None keeps the samples' losses (N), Mean averages them, Sum adds them up.</param>
    static Tensor Compute(
        Tensor logits,
        Tensor levels,
        Tensor? importance_weights = null,
        [Input] Tensor? sample_weight = null,
        Reduction reduction = Reduction.Mean
    )
    {
        Check(logits, levels, importance_weights);
        var x = logits.Upcast();
        var level = levels.to(x.dtype);
        var entropy = -(level * logsigmoid(x) + (1 - level) * logsigmoid(-x));
        var weighted = importance_weights is null ? entropy : entropy * importance_weights.to(x.dtype);
        var losses = weighted.sum(1);
        InputCheck.BroadcastsTo(sample_weight, losses, nameof(CoralLoss));
        return losses.Reduce(reduction, sample_weight);
    }

    static void Check(Tensor logits, Tensor levels, Tensor? importance_weights)
    {
        InputCheck.Floating(logits, nameof(CoralLoss));
        InputCheck.Dimensions(logits, 2, "(N, K - 1)", nameof(CoralLoss));
        InputCheck.SameShape(levels, logits, nameof(CoralLoss));
        InputCheck.SameDevice(levels, logits, nameof(CoralLoss));
        if (importance_weights is not null)
        {
            InputCheck.SameDevice(importance_weights, logits, nameof(CoralLoss));
            InputCheck.Dimensions(importance_weights, 1, "(K - 1)", nameof(CoralLoss));
            InputCheck.Size(importance_weights, 0, logits.shape[1], "the number of thresholds", nameof(CoralLoss));
        }
    }

    /// <summary>The levels of ordered classes: class 2 of 5 gives 1 1 0 0.</summary>
    /// <param name="labels">Class indices (N), int64, in [0, classes).</param>
    /// <param name="classes">The number K of classes, at least 2.</param>
    /// <returns>Float32, (N, K − 1).</returns>
    public static Tensor Levels(Tensor labels, long classes)
    {
        InputCheck.Live(labels, nameof(CoralLoss), nameof(labels));
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 2);
        InputCheck.Indices(labels, nameof(CoralLoss));
        InputCheck.Dimensions(labels, 1, "(N)", nameof(CoralLoss));
        InputCheck.IndexRange(labels, classes, null, nameof(CoralLoss));
        return Tensors.Scoped(() =>
            labels.unsqueeze(1).gt(arange(classes - 1, device: labels.device)).to(ScalarType.Float32)
        );
    }

    /// <summary>The predicted classes: how many thresholds are more likely passed than not.</summary>
    /// <param name="logits">The logits (N, K − 1).</param>
    /// <returns>Class indices (N), int64, in [0, K).</returns>
    public static Tensor Predict(Tensor logits)
    {
        InputCheck.Live(logits, nameof(CoralLoss), nameof(logits));
        InputCheck.Dimensions(logits, 2, "(N, K - 1)", nameof(CoralLoss));
        return Tensors.Scoped(() => logits.gt(0).sum(1, type: ScalarType.Int64));
    }
}
