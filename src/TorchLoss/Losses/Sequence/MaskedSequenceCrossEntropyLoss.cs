namespace TorchLoss;

/// <summary>What <see cref="MaskedSequenceCrossEntropyLoss"/> averages over.</summary>
public enum SequenceAverage
{
    /// <summary>All tokens that count, in whichever sequence: long sequences weigh more.</summary>
    Token,

    /// <summary>The means of the sequences that are not empty: each weighs the same.</summary>
    Batch,

    /// <summary>Nothing across sequences: the mean of each.</summary>
    Sequence,

    /// <summary>Nothing: the loss of each token, 0 where masked.</summary>
    None,
}

/// <summary>Cross entropy of each token of padded sequences: padding neither costs nor teaches anything.</summary>
/// <remarks>
/// Per token <c>ℓ = −(1 − ε) log p_y − ε · mean_k log p_k</c> (nats) over the V entries of the vocabulary; what the average is over
/// is an option. A masked token may have any logits and any target. An empty sequence has mean 0 and does not count in the
/// average over the batch; where nothing counts the loss is 0.
/// </remarks>
[Loss(
    Family.Sequence,
    Formula = @"\frac{\sum_{b,t} m_{bt} \cdot -\log p_{bt, y_{bt}}}{\sum_{b,t} m_{bt}}",
    Source = "Sutskever, Vinyals and Le 2014, Sequence to Sequence Learning with Neural Networks, arXiv:1409.3215, section 3.2; label smoothing: Szegedy et al. 2016, arXiv:1512.00567, section 7",
    BuiltIn = "CrossEntropyLoss"
)]
public sealed partial class MaskedSequenceCrossEntropyLoss : TokenLoss
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static new IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("logits", "B T V", Role.Logits),
        new("targets", "B T", Role.ClassIndex),
        new("mask", "B T", Role.Mask) { Optional = true },
    ];

    /// <param name="mask">True (or a whole number other than 0) where a token counts; null counts all.</param>
    /// <param name="average">What the losses of the tokens are averaged over.</param>
    /// <param name="label_smoothing">Share ε of the target that is spread over the whole vocabulary.</param>
    /// <param name="ignore_index">Target value of tokens that do not count, besides those masked.</param>
    static Tensor Compute(
        Tensor logits,
        Tensor targets,
        [Input] Tensor? mask = null,
        SequenceAverage average = SequenceAverage.Token,
        [Between(0, 1)] double label_smoothing = 0.0,
        long ignore_index = -100
    )
    {
        var counted = Check(logits, targets, mask, ignore_index);
        var token = Each(average is SequenceAverage.Token ? Reduction.Mean : Reduction.None);
        if (average is SequenceAverage.Token or SequenceAverage.None)
        {
            return token;
        }

        var lengths = counted.ne(ignore_index).sum(1).to(token.dtype);
        var sequence = token.sum(1).SafeDivide(lengths);
        return average is SequenceAverage.Sequence
            ? sequence
            : sequence.sum().SafeDivide(lengths.gt(0).sum().to(token.dtype));

        Tensor Each(Reduction reduction) =>
            label_smoothing == 0
                ? Tokens(new CrossEntropyFormula(), logits, counted, ignore_index, reduction)
                : Tokens(
                    new LabelSmoothingCrossEntropy.Formula(label_smoothing),
                    logits,
                    counted,
                    ignore_index,
                    reduction
                );
    }

    /// <summary>Refuses what does not fit; the targets with <c>ignore_index</c> where they are masked.</summary>
    static Tensor Check(Tensor logits, Tensor targets, Tensor? mask, long ignore_index)
    {
        const string loss = nameof(MaskedSequenceCrossEntropyLoss);
        InputCheck.Dimensions(logits, 3, "(B, T, V)", loss);
        Check(logits, targets, loss);
        var counted = targets;
        if (mask is not null)
        {
            InputCheck.SameShape(mask, targets, loss);
            InputCheck.SameDevice(mask, targets, loss);
            if (mask.is_floating_point())
            {
                throw new ArgumentException(
                    $"{loss}: mask must be bool or whole numbers, got {mask.dtype}.",
                    nameof(mask)
                );
            }

            counted = where(mask.ne(0), targets, full_like(targets, ignore_index));
        }

        InputCheck.IndexRange(counted, logits.shape[2], ignore_index, loss, nameof(targets));
        return counted;
    }
}
