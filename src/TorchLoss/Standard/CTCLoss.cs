using System.Runtime.InteropServices;

namespace TorchLoss.Standard;

/// <summary>Connectionist temporal classification: trains on label sequences without knowing where in time each label sits.</summary>
/// <remarks>
/// Per sample <c>ℓ = −log Σ p(alignment)</c> (nats), over all ways to stretch the labels over the input with repeats and blanks.
/// The mean divides each loss by its target's length (at least 1) first, then by N. A target that does not fit its input has
/// loss infinity, or 0 without gradient with <c>zero_infinity</c>.
/// As in PyTorch the gradient by log_probs is only right through log_softmax: exp(log_probs) is added to it, which that
/// function's backward takes away again. There is no second derivative.
/// All lengths and labels are checked before the native kernel runs, which would write outside of its memory otherwise.
/// Shapes: log_probs (T, N, C) with targets (N, S), or all targets one after the other in one dimension, and lengths (N); or
/// (T, C), (S), () and ().
/// </remarks>
[Loss(
    Family.Standard,
    Formula = @"-\log \sum_{\pi \in \mathcal{B}^{-1}(l)} \prod_t p_t(\pi_t)",
    Source = "Graves, Fernandez, Gomez and Schmidhuber 2006, Connectionist Temporal Classification, doi:10.1145/1143844.1143891; PyTorch torch.nn.CTCLoss",
    Function = "ctc_loss",
    BuiltIn = "CTCLoss"
)]
public sealed partial class CTCLoss : LossModule4
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("log_probs", "T N C", Role.LogProbability),
        new("targets", "N S", Role.ClassIndex),
        new("input_lengths", "N", Role.Length),
        new("target_lengths", "N", Role.Length),
    ];

    /// <param name="log_probs">Log probabilities of the labels at each time step.</param>
    /// <param name="targets">The labels, without the blank; int64 or int32.</param>
    /// <param name="input_lengths">How many time steps of each sample count, at most T.</param>
    /// <param name="target_lengths">How many labels each sample has.</param>
    /// <param name="blank">Index of the blank label.</param>
    /// <param name="reduction">None keeps the single losses, Mean averages them per label, Sum adds them up.</param>
    /// <param name="zero_infinity">Whether an infinite loss and its gradient become 0.</param>
    static Tensor Compute(
        Tensor log_probs,
        Tensor targets,
        Tensor input_lengths,
        Tensor target_lengths,
        [AtLeast(0)] long blank = 0,
        Reduction reduction = Reduction.Mean,
        bool zero_infinity = false
    ) => Run(nameof(CTCLoss), log_probs, targets, input_lengths, target_lengths, blank, reduction, zero_infinity);

    /// <summary>The same for another loss that is made of this one, which its messages name.</summary>
    internal static Tensor Run(
        string loss,
        Tensor log_probs,
        Tensor targets,
        Tensor input_lengths,
        Tensor target_lengths,
        long blank,
        Reduction reduction,
        bool zero_infinity
    )
    {
        var single = log_probs.dim() == 2;
        var scores = single ? log_probs.unsqueeze(1) : log_probs;
        CheckScores(log_probs, scores, targets, blank, loss);
        var steps = Lengths(input_lengths, scores.shape[1], scores.shape[0], "input_lengths", loss);
        var sizes = Lengths(target_lengths, scores.shape[1], long.MaxValue, "target_lengths", loss);
        var labels = Labels(targets, sizes, scores.shape[2], blank, loss);
        var losses = torch.nn.functional.ctc_loss(
            scores.Upcast(),
            labels.to(log_probs.device),
            tensor(steps),
            tensor(sizes),
            blank,
            zero_infinity,
            reduction
        );
        return single && reduction is Reduction.None ? losses.squeeze(0) : losses;
    }

    static void CheckScores(Tensor log_probs, Tensor scores, Tensor targets, long blank, string loss)
    {
        InputCheck.Floating(log_probs, loss);
        if (scores.dim() != 3 || scores.numel() == 0)
        {
            throw new ArgumentException(
                $"{loss}: log_probs must be (T, N, C) or (T, C), none of them 0, got {log_probs.Shape}.",
                nameof(log_probs)
            );
        }

        if (targets.dim() != 1 && (targets.dim() != 2 || targets.shape[0] != scores.shape[1] || log_probs.dim() == 2))
        {
            throw new ArgumentException(
                $"{loss}: targets must be (N, S) or one-dimensional, got {targets.Shape} for log_probs {log_probs.Shape}.",
                nameof(targets)
            );
        }

        InputCheck.SameDevice(targets, log_probs, loss);
        if (blank >= scores.shape[2])
        {
            throw new ArgumentException(
                $"{loss}: blank must lie in [0, {scores.shape[2]}), the labels of log_probs {log_probs.Shape}, got {blank}.",
                nameof(blank)
            );
        }
    }

    /// <summary>The lengths on the CPU, where the native kernel wants them anyway.</summary>
    static long[] Lengths(Tensor lengths, long samples, long most, string name, string loss)
    {
        var values = Integers(lengths, name, loss);
        if (lengths.dim() > 1 || values.Length != samples)
        {
            throw new ArgumentException($"{loss}: {name} must be ({samples}), got {lengths.Shape}.", name);
        }

        var wrong = Array.FindIndex(values, v => v < 0 || v > most);
        return wrong < 0
            ? values
            : throw new ArgumentException(
                $"{loss}: {name} must lie in [0, {most}], got {values[wrong]} for sample {wrong}.",
                name
            );
    }

    /// <summary>The labels, each in [0, classes); what lies behind a target's end becomes blank, so that no kernel reads it.</summary>
    static Tensor Labels(Tensor targets, long[] sizes, long classes, long blank, string loss)
    {
        var values = Integers(targets, "targets", loss);
        var total = sizes.Sum();
        var width = targets.dim() == 2 ? targets.shape[1] : -1;
        if (width < 0 ? total != values.Length : sizes.Max() > width)
        {
            var needed = width < 0 ? $"{total} labels in all" : $"{sizes.Max()} labels in a row";
            throw new ArgumentException(
                $"{loss}: target_lengths ask for {needed}, targets is {targets.Shape}.",
                "target_lengths"
            );
        }

        for (var i = 0; i < values.Length; i++)
        {
            if (width > 0 && i % width >= sizes[i / width])
            {
                values[i] = blank;
            }
            else if (values[i] < 0 || values[i] >= classes)
            {
                throw new ArgumentException(
                    $"{loss}: targets must lie in [0, {classes}), got {values[i]}.",
                    nameof(targets)
                );
            }
        }

        return tensor(values, targets.shape);
    }

    static long[] Integers(Tensor tensor, string name, string loss)
    {
        if (tensor.dtype is not (ScalarType.Int64 or ScalarType.Int32))
        {
            throw new ArgumentException($"{loss}: {name} must be int64 or int32, got {tensor.dtype}.", name);
        }

        return MemoryMarshal.Cast<byte, long>(tensor.to(ScalarType.Int64).cpu().contiguous().bytes).ToArray();
    }
}
