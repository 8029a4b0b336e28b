using TorchLoss.Standard;

namespace TorchLoss;

/// <summary>Focal CTC: sequences that the model already reads well fade out, for vocabularies of which most is rare.</summary>
/// <remarks>
/// Per sequence <c>ℓ = α (1 − e^(−c))^γ c</c> with c the CTC loss (nats), so e^(−c) the probability of the labels. Takes logits: the
/// log-softmax is inside. γ = 0 is plain CTC; the mean is over sequences, where CTCLoss divides each by its length. There is no second derivative.
/// </remarks>
[Loss(
    Family.Sequence,
    Formula = @"\alpha \left( 1 - e^{-c} \right)^{\gamma} c, \quad c = \mathrm{CTC}(\mathrm{softmax}(x), l)",
    Source = "Feng, Yao and Zhang 2019, Focal CTC Loss for Chinese Optical Character Recognition on Unbalanced Datasets, doi:10.1155/2019/9345861, eq. (9)",
    Function = "focal_ctc_loss"
)]
public sealed partial class FocalCTCLoss : LossModule4
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [new("logits", "T N C", Role.Logits), .. CTCLoss.Inputs.Skip(1)];

    /// <param name="logits">Scores of the labels at each time step (T, N, C).</param>
    /// <param name="targets">The labels, without the blank, (N, S) or one after the other.</param>
    /// <param name="input_lengths">How many time steps of each sample count (N).</param>
    /// <param name="target_lengths">How many labels each sample has (N).</param>
    /// <param name="alpha">Weight α.</param>
    /// <param name="gamma">Focusing strength γ.</param>
    /// <param name="blank">Index of the blank label.</param>
    /// <param name="reduction">None keeps the single losses, Mean averages them, Sum adds them up.</param>
    static Tensor Compute(
        Tensor logits,
        Tensor targets,
        Tensor input_lengths,
        Tensor target_lengths,
        [Positive] double alpha = 1.0,
        [AtLeast(0)] double gamma = 2.0,
        [AtLeast(0)] long blank = 0,
        Reduction reduction = Reduction.Mean
    )
    {
        InputCheck.Floating(logits, nameof(FocalCTCLoss));
        InputCheck.Dimensions(logits, 3, "(T, N, C)", nameof(FocalCTCLoss));
        var log_p = log_softmax(logits.Upcast(), -1);
        var ctc = CTCLoss.Run(
            nameof(FocalCTCLoss),
            log_p,
            targets,
            input_lengths,
            target_lengths,
            blank,
            Reduction.None,
            zero_infinity: false
        );
        var focus = gamma == 0 ? ones_like(ctc) : (-(-ctc).expm1()).SafePow(gamma);
        return (ctc * focus * alpha).Reduce(reduction);
    }
}
