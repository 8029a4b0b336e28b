namespace TorchLoss;

/// <summary>Conditional ordinal regression (CORN): an ordered class as a chain of questions, each asked only where the last was a yes.</summary>
/// <remarks>
/// Question k, "above rank k, given that it is above rank k − 1?", is asked of the samples of class k or higher. Each answer costs
/// its binary cross entropy (nats); mean divides the sum of all by the number of questions asked. Unlike CORAL it needs no shared
/// weights: a product of probabilities (<see cref="Probabilities"/>) is in order whatever the logits are.
/// Shapes: input (N, K − 1), target (N). Written with softplus, so that a confident wrong answer costs its logit, not infinity.
/// </remarks>
[Loss(
    Family.Ordinal,
    Formula = @"-\frac{1}{\sum_j |S_j|} \sum_{j=1}^{K-1} \sum_{i \in S_j} [y_i > j] \log \sigma(x_{ij}) + [y_i \le j] \log(1 - \sigma(x_{ij}))",
    Source = "Shi, Cao and Raschka 2021, Deep Neural Networks for Rank-Consistent Ordinal Regression Based on Conditional Probabilities, arXiv:2111.08851",
    BuiltIn = "BCEWithLogitsLoss"
)]
public sealed partial class CornLoss : LossModule2
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("input", "N K", Role.Logits),
        new("target", "N", Role.ClassIndex),
        new("sample_weight", "N", Role.Weight) { Optional = true },
    ];

    /// <param name="num_classes">Number K of classes; null takes one more than there are logits.</param>
    /// <param name="sample_weight">Weight of each sample (N) and of the questions asked of it; a bool mask counts as 0 and 1.</param>
    /// <param name="reduction">
    /// None keeps the samples' losses (N), each a sum over its questions; Sum adds them up; Mean divides by the questions asked.
    /// </param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        [AtLeast(2)] long? num_classes = null,
        [Input] Tensor? sample_weight = null,
        Reduction reduction = Reduction.Mean
    )
    {
        Check(input, target, num_classes);
        InputCheck.BroadcastsTo(sample_weight, target, nameof(CornLoss));
        var x = input.Upcast();
        var question = arange(x.shape[1], device: x.device);
        var rank = target.unsqueeze(1);
        var answers = x.Softplus() - rank.gt(question).to(x.dtype) * x;
        var asked = rank.ge(question).to(x.dtype);
        asked = sample_weight is null ? asked : asked * sample_weight.to(x.dtype).expand(target.shape).unsqueeze(1);
        return reduction is Reduction.Mean
            ? answers.Reduce(reduction, asked)
            : answers.Reduce(Reduction.None, asked).sum(1).Reduce(reduction);
    }

    static void Check(Tensor input, Tensor target, long? num_classes)
    {
        const string loss = nameof(CornLoss);
        InputCheck.Floating(input, loss);
        InputCheck.Dimensions(input, 2, "(N, K - 1)", loss);
        InputCheck.Indices(target, loss);
        InputCheck.Dimensions(target, 1, "(N)", loss);
        InputCheck.SameDevice(target, input, loss);
        InputCheck.Size(target, 0, input.shape[0], "the rows of input", loss);
        if (num_classes is { } classes)
        {
            InputCheck.Size(input, 1, classes - 1, "one less than num_classes", loss);
        }

        InputCheck.IndexRange(target, input.shape[1] + 1, null, loss);
    }

    /// <summary>The probability of each class.</summary>
    /// <param name="logits">The logits (N, K − 1).</param>
    /// <returns>(N, K), each row adding up to 1.</returns>
    public static Tensor Probabilities(Tensor logits)
    {
        CheckLogits(logits);
        return Tensors.Scoped(() =>
        {
            // P(y = k) is "above all ranks below k, and not above k": as a product it has no difference that cancels
            var x = logits.Upcast();
            var certain = ones([x.shape[0], 1], dtype: x.dtype, device: x.device);
            return cat([certain, x.sigmoid().cumprod(1)], 1) * cat([(-x).sigmoid(), certain], 1);
        });
    }

    /// <summary>The predicted classes: how many ranks the sample is more likely above than not.</summary>
    /// <param name="logits">The logits (N, K − 1).</param>
    /// <returns>Class indices (N), int64, in [0, K).</returns>
    public static Tensor Predict(Tensor logits)
    {
        CheckLogits(logits);
        return Tensors.Scoped(() => logits.Upcast().sigmoid().cumprod(1).gt(0.5).sum(1, type: ScalarType.Int64));
    }

    static void CheckLogits(Tensor logits)
    {
        InputCheck.Live(logits, nameof(CornLoss), nameof(logits));
        InputCheck.Floating(logits, nameof(CornLoss));
        InputCheck.Dimensions(logits, 2, "(N, K - 1)", nameof(CornLoss));
    }
}
