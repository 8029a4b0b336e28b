namespace TorchLoss;

/// <summary>Which scores <see cref="MulticlassHingeLoss"/> compares.</summary>
public enum MulticlassHingeMode
{
    /// <summary>The right class's with the best other one.</summary>
    CrammerSinger,

    /// <summary>Each class's with 0.</summary>
    OneVsAll,
}

/// <summary>Multi-class hinge loss: the right class must beat every other one by a margin; nothing more is asked.</summary>
/// <remarks>
/// crammer_singer: per position <c>ℓ = max(0, 1 + max_{j≠y} s_j − s_y)</c> in units of the scores. one_vs_all: a hinge loss for each class,
/// <c>max(0, 1 − s_y)</c> and <c>max(0, 1 + s_j)</c>, averaged over the classes. squared takes the squares of the hinges. Keras counts a 0
/// among the other scores, and so punishes a clear win among negative scores; this does not.
/// </remarks>
[Loss(
    Family.Classification,
    Formula = @"\max\big(0,\, 1 + \max_{j \ne y} s_j - s_y\big)",
    Source = "Crammer and Singer 2001, On the Algorithmic Implementation of Multiclass Kernel-based Vector Machines, JMLR 2"
)]
public sealed partial class MulticlassHingeLoss : SoftmaxLoss
{
    /// <param name="squared">Squares each hinge: gentle at the margin, harder on gross errors.</param>
    /// <param name="multiclass_mode">Which scores are compared.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        bool squared = false,
        MulticlassHingeMode multiclass_mode = MulticlassHingeMode.CrammerSinger,
        long ignore_index = -100,
        [Input] Tensor? sample_weight = null,
        Reduction reduction = Reduction.Mean
    ) =>
        Compose(
            nameof(MulticlassHingeLoss),
            input,
            target,
            sample_weight,
            ignore_index,
            reduction,
            (logits, index) =>
            {
                var lack =
                    multiclass_mode is MulticlassHingeMode.CrammerSinger
                        ? AgainstTheBest(logits, index)
                        : EachAlone(logits, index);
                return (squared ? lack.square() : lack).mean([1]);
            }
        );

    static Tensor AgainstTheBest(Tensor scores, Tensor index)
    {
        var own = scores.gather(1, index);
        var others = scores.scatter(1, index, full_like(own, double.NegativeInfinity));
        return scores.shape[1] == 1 ? own * 0 : (1 + others.max(1).values.unsqueeze(1) - own).relu();
    }

    static Tensor EachAlone(Tensor scores, Tensor index) =>
        (1 + scores.scatter(1, index, -scores.gather(1, index))).relu();
}
