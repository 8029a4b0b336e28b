namespace TorchLoss;

/// <summary>What <see cref="ClassBalancedLoss"/> weights.</summary>
public enum ClassBalancedTerm
{
    /// <summary>Cross entropy of exclusive classes.</summary>
    Softmax,

    /// <summary>One binary cross entropy per class, added up.</summary>
    Sigmoid,

    /// <summary>One binary focal loss per class, added up.</summary>
    Focal,
}

/// <summary>Class-balanced loss: rare classes weigh more, by how many samples effectively differ from each other.</summary>
/// <remarks>
/// Per sample <c>ℓ = w_y · term</c> (nats) with <c>w_c ∝ (1 − β) / (1 − β^(n_c))</c>, scaled so that the weights sum to the
/// number of classes; β = 0 weighs all classes the same, β → 1 by inverse frequency. The mean divides by the number of
/// samples, not by the weights. 1 − β^n is taken as −expm1(n log β), which keeps its digits for rare classes.
/// </remarks>
[Loss(
    Family.Imbalance,
    Formula = @"\frac{C}{\sum_c \frac{1}{1 - \beta^{n_c}}} \cdot \frac{1}{1 - \beta^{n_y}} \cdot \ell_{\text{term}}",
    Source = "Cui, Jia, Lin, Song and Belongie 2019, Class-Balanced Loss Based on Effective Number of Samples, arXiv:1901.05555, eq. (5)",
    Aliases = "CBLoss",
    BuiltIn = "CrossEntropyLoss"
)]
public sealed partial class ClassBalancedLoss : SoftmaxLoss
{
    /// <param name="cls_num_list">Samples of each class in the training data.</param>
    /// <param name="beta">How much samples of a class repeat each other: from 0 (fully) towards 1 (not at all).</param>
    /// <param name="gamma">Focusing strength γ of the focal term.</param>
    /// <param name="loss_type">The term that is weighted.</param>
    /// <param name="ignore_index">Target value of samples that do not count.</param>
    /// <param name="reduction">None keeps the samples' losses, Mean divides by the samples that count, Sum adds up.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        [ClassCounts] Tensor cls_num_list,
        [Between(0, 1, HighOpen = true)] double beta = 0.9999,
        [AtLeast(0)] double gamma = 2.0,
        ClassBalancedTerm loss_type = ClassBalancedTerm.Softmax,
        long ignore_index = -100,
        [Input] Tensor? sample_weight = null,
        Reduction reduction = Reduction.Mean
    )
    {
        ClassIndexCheck.Run(input, target, sample_weight, null, ignore_index, nameof(ClassBalancedLoss));
        ClassIndexCheck.Counts(cls_num_list, input, nameof(ClassBalancedLoss));
        var logits = input.Upcast();
        var classWeight = Weights(cls_num_list, beta).to(logits.dtype);
        var weights = new SoftmaxWeights(classWeight, sample_weight, ignore_index, MeanByClassWeight: false);
        return loss_type switch
        {
            ClassBalancedTerm.Softmax => Run(new CrossEntropyFormula(), logits, target, weights, reduction),
            ClassBalancedTerm.Sigmoid => PerClass(0).ReducePositions(target, weights, reduction),
            _ => PerClass(gamma).ReducePositions(target, weights, reduction),
        };

        Tensor PerClass(double focus)
        {
            var index = target.ClassOrZero(ignore_index).unsqueeze(1);
            var labels = zeros_like(logits).scatter(1, index, ones_like(index, dtype: logits.dtype));
            return FocalLoss.Invoke(logits, labels, alpha: -1, focus, Reduction.None, null).sum(1);
        }
    }

    /// <summary>The weight of each class, float64; they sum to the number of classes.</summary>
    internal static Tensor Weights(Tensor counts, double beta)
    {
        var unequal = -1 / (counts.to(float64) * Math.Log(beta)).expm1();
        return unequal * (counts.numel() / unequal.sum());
    }
}
