namespace TorchLoss;

/// <summary>Permutation-invariant training: separates sources without telling the model which of its outputs is to be which source.</summary>
/// <remarks>
/// Per mixture <c>ℓ = min_π 1/S Σ_i L(x_i, y_π(i))</c> over all permutations π of the S sources, with L in dB or amplitude
/// squared. The permutation is found exactly, as an assignment problem (S³ steps instead of S! sums), and has no gradient: only
/// the pairs that it chose are compared with gradient. ε is 1e-8 in the ratios, as in asteroid.
/// </remarks>
[Loss(
    Family.Audio,
    Formula = @"\min_{\pi \in \mathcal{P}_S} \frac{1}{S} \sum_{i=1}^S L(x_i, y_{\pi(i)})",
    Source = "Yu, Kolbæk, Tan and Jensen 2017, Permutation invariant training of deep models for speaker-independent multi-talker speech separation, arXiv:1607.00325",
    Function = "pit_loss",
    Aliases = "PermutationInvariantTrainingLoss UPITLoss"
)]
public sealed partial class PITLoss : WaveformLoss
{
    const double Eps = 1e-8;

    /// <summary>The tensors of <c>forward</c>.</summary>
    public static new IReadOnlyList<InputInfo> Inputs { get; } =
    [new("input", "B S T", Role.Waveform), new("target", "B S T", Role.Waveform)];

    /// <param name="loss">What one predicted source costs against a wanted one.</param>
    /// <param name="zero_mean">Takes the mean over time off all signals first; mean squared errors keep it.</param>
    /// <param name="reduction">None keeps one loss per mixture, Mean averages them, Sum adds them up.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        SeparationCriterion loss = SeparationCriterion.Sisdr,
        bool zero_mean = true,
        Reduction reduction = Reduction.Mean
    )
    {
        InputCheck.Floating(input, nameof(PITLoss));
        InputCheck.Dimensions(input, 3, "(B, S, T)", nameof(PITLoss));
        var (x, y) = Signals(nameof(PITLoss), input, target, zero_mean && loss is not SeparationCriterion.Mse);
        if (x.shape[1] == 0)
        {
            throw new ArgumentException(
                $"{nameof(PITLoss)}: input must have a source, got {input.Shape}.",
                nameof(input)
            );
        }

        var matched = y.gather(1, Permutation(x.detach(), y.detach(), loss).unsqueeze(2).expand_as(y));
        return SignalRatio.Loss(loss, x, matched, Eps).mean([1]).Reduce(reduction);
    }

    /// <summary>Which source each output is, (B, S).</summary>
    static Tensor Permutation(Tensor x, Tensor y, SeparationCriterion loss) =>
        LinearAssignment.Solve(SignalRatio.Loss(loss, x.unsqueeze(2), y.unsqueeze(1), Eps));
}
