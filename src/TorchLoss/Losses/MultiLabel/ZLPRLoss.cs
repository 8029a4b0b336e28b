namespace TorchLoss;

/// <summary>Zero-bounded log-sum-exp ranking: every label that is there should score above 0 and every other one below.</summary>
/// <remarks>
/// Per sample <c>ℓ = log(1 + Σ_k (1 − y_k) e^(x_k)) + log(1 + Σ_k y_k e^(−x_k))</c> (nats) over the classes, last dimension: a soft maximum over
/// the wrong ones, so that one loss holds for few labels of many. 0 is the threshold at prediction. Labels between 0 and 1
/// count to both sums. Also known as the circle-loss form of multi-label cross entropy.
/// </remarks>
[Loss(
    Family.MultiLabel,
    Formula = @"\log\left(1 + \sum_k (1 - y_k)\, e^{x_k}\right) + \log\left(1 + \sum_k y_k\, e^{-x_k}\right)",
    Source = "Su, Zhu, Murtadha, Pan, Wen and Liu 2022, ZLPR: A Novel Loss for Multi-label Classification, arXiv:2208.02955, eq. (3)",
    Function = "zlpr_loss",
    Aliases = "MultilabelCategoricalCrossEntropy"
)]
public sealed partial class ZLPRLoss : LossModule2
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("input", "N * C", Role.Logits),
        new("target", "N * C", Role.BinaryTarget),
        new("sample_weight", "N *", Role.Weight) { Optional = true },
    ];

    /// <param name="input">The scores (*, C).</param>
    /// <param name="target">The labels in [0, 1], the shape of input.</param>
    /// <param name="reduction">None keeps one loss a sample (*), Mean averages them, Sum adds them up.</param>
    /// <param name="sample_weight">Weight of each sample, broadcast to (*). Mean divides by the sum of the weights.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        Reduction reduction = Reduction.Mean,
        [Input] Tensor? sample_weight = null
    )
    {
        const string loss = nameof(ZLPRLoss);
        InputCheck.Floating(input, loss);
        InputCheck.SameShape(target, input, loss);
        InputCheck.SameDevice(target, input, loss);
        InputCheck.Probabilities(target, loss);
        if (input.dim() == 0)
        {
            throw new ArgumentException($"{loss}: input must be (*, C), got a single number.", nameof(input));
        }

        var x = input.Upcast();
        var y = target.to(x.dtype);
        var losses = SoftMaximum(x, 1 - y) + SoftMaximum(-x, y);
        InputCheck.BroadcastsTo(sample_weight, losses, loss);
        return losses.Reduce(reduction, sample_weight);
    }

    /// <summary>log(1 + Σ w e^x).</summary>
    static Tensor SoftMaximum(Tensor x, Tensor weight)
    {
        // the logarithm of a weight of 0 has an infinite slope, which a mask afterwards would turn into NaN
        var some = weight.gt(0);
        var terms = (x + where(some, weight, ones_like(weight)).log()).masked_fill(
            some.logical_not(),
            double.NegativeInfinity
        );
        return cat([terms, terms.new_zeros([.. x.shape[..^1], 1])], -1).logsumexp(-1);
    }
}
