using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>A loss of logits against one class index per position that needs only log p of the target class.</summary>
/// <param name="reduction">How single losses become one value.</param>
public abstract class SoftmaxLoss(Reduction reduction = Reduction.Mean) : LossModule2(reduction)
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("input", "N C *", Role.Logits),
        new("target", "N *", Role.ClassIndex),
        new("sample_weight", "N *", Role.Weight) { Optional = true },
    ];

    /// <summary>Checks, takes log-softmax and picks the target class, evaluates, weights, reduces.</summary>
    /// <param name="formula">The loss of one position.</param>
    /// <param name="input">The logits (N, C, *).</param>
    /// <param name="target">The class indices (N, *), int64.</param>
    /// <param name="sample_weight">
    /// Weight of each position, broadcast to (N, *); a bool mask counts as 0 and 1. Mean divides by the sum of the weights.
    /// </param>
    /// <param name="weight">Weight of each class, shape (C); null weighs all the same. It does not change the mean's divisor.</param>
    /// <param name="ignore_index">Target value of positions that do not count.</param>
    /// <param name="reduction">
    /// None keeps the single losses, Sum adds them up, Mean divides by the number of positions that count (0 if none does).
    /// </param>
    protected static Tensor Evaluate<F>(
        F formula,
        Tensor input,
        Tensor target,
        [Input] Tensor? sample_weight = null,
        Tensor? weight = null,
        long ignore_index = -100,
        Reduction reduction = Reduction.Mean
    )
        where F : struct, ISoftmaxFormula<F>
    {
        ClassIndexCheck.Run(input, target, sample_weight, weight, ignore_index, LossName.Of<F>());
        var weights = new SoftmaxWeights(weight, sample_weight, ignore_index, MeanByClassWeight: false);
        return Run(formula, input, target, weights, reduction);
    }

    /// <summary>The same for a loss that has checked and prepared its inputs itself.</summary>
    private protected static Tensor Run<F>(
        F formula,
        Tensor input,
        Tensor target,
        SoftmaxWeights weights,
        Reduction reduction
    )
        where F : struct, ISoftmaxFormula<F> => SoftmaxEngine.Evaluate(formula, input, target, weights, reduction);

    /// <summary>Checks, evaluates a loss that needs more than log p of the target class, weights, reduces.</summary>
    /// <param name="loss">The loss, for messages.</param>
    /// <param name="input">The logits (N, C, *).</param>
    /// <param name="target">The class indices (N, *), int64.</param>
    /// <param name="sample_weight">Weight of each position, broadcast to (N, *).</param>
    /// <param name="ignore_index">Target value of positions that do not count.</param>
    /// <param name="reduction">None keeps the single losses, Sum adds them up, Mean divides by what counts.</param>
    /// <param name="formula">The losses (N, *) of the logits (N, C, *) and the class indices (N, 1, *), 0 where ignored.</param>
    private protected static Tensor Compose(
        string loss,
        Tensor input,
        Tensor target,
        Tensor? sample_weight,
        long ignore_index,
        Reduction reduction,
        Func<Tensor, Tensor, Tensor> formula
    )
    {
        ClassIndexCheck.Run(input, target, sample_weight, null, ignore_index, loss);
        var losses = formula(input.Upcast(), target.ClassOrZero(ignore_index).unsqueeze(1));
        var weights = new SoftmaxWeights(null, sample_weight, ignore_index, MeanByClassWeight: false);
        return losses.ReducePositions(target, weights, reduction);
    }

    /// <summary>Cross entropy of inputs that were checked before, for losses that contain it.</summary>
    internal static Tensor CrossEntropy(Tensor input, Tensor target, SoftmaxWeights weights, Reduction reduction) =>
        Run(new CrossEntropyFormula(), input, target, weights, reduction);

    /// <summary>Plain cross entropy, for losses that prepare logits or weights and then do just that.</summary>
    internal readonly struct CrossEntropyFormula : ISoftmaxFormula<CrossEntropyFormula>
    {
        /// <inheritdoc/>
        public static bool UsesMean => false;

        /// <inheritdoc/>
        [MethodImpl(Inline)]
        public static R Value<R>(in CrossEntropyFormula options, R log_p, R mean_log_p)
            where R : struct, IReal<R> => -log_p;
    }
}

/// <summary>The input contract of logits against class indices; also of losses that are no formula of log p alone.</summary>
static class ClassIndexCheck
{
    /// <summary>Refuses everything but (N, C, *) logits, (N, *) indices in range, and weights that fit.</summary>
    public static void Run(
        Tensor input,
        Tensor target,
        Tensor? sample_weight,
        Tensor? weight,
        long? ignore_index,
        string loss
    )
    {
        InputCheck.Floating(input, loss);
        InputCheck.SameDevice(target, input, loss);
        if (!ArePositionsOf(input, target))
        {
            throw new ArgumentException(
                $"{loss}: input (N, C, *) and target (N, *) expected, got {input.Shape} and {target.Shape}.",
                nameof(target)
            );
        }

        InputCheck.Indices(target, loss);
        InputCheck.IndexRange(target, input.size(1), ignore_index, loss);
        InputCheck.BroadcastsTo(sample_weight, target, loss);
        Weight(weight, input, input.size(1), loss);
    }

    /// <summary>Whether the target is (N, *) where the input is (N, C, *); size by size, since arrays of them cost more than a small loss.</summary>
    static bool ArePositionsOf(Tensor input, Tensor target)
    {
        var dimensions = input.dim();
        var fits = dimensions >= 2 && target.dim() == dimensions - 1;
        for (var i = 0; fits && i < dimensions - 1; i++)
        {
            fits = target.size(i) == input.size(i == 0 ? 0 : i + 1);
        }

        return fits;
    }

    /// <summary>Refuses class weights that are not one number a class.</summary>
    public static void Weight(Tensor? weight, Tensor input, long classes, string loss)
    {
        if (weight is null)
        {
            return;
        }

        InputCheck.SameDevice(weight, input, loss);
        if (weight.dim() != 1 || weight.shape[0] != classes)
        {
            throw new ArgumentException(
                $"{loss}: weight must have one entry per class, ({classes}), got {weight.Shape}.",
                nameof(weight)
            );
        }
    }

    /// <summary>Refuses class counts of another number of classes than the logits have.</summary>
    public static void Counts(Tensor cls_num_list, Tensor input, string loss)
    {
        InputCheck.SameDevice(cls_num_list, input, loss);
        InputCheck.Size(cls_num_list, 0, input.shape[1], "the number of classes of input", loss);
    }
}
