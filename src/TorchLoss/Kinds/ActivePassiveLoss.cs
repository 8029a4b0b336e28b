using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TorchLoss;

/// <summary>A normalised cross entropy, which is robust but fits badly, with a robust loss that fits: active and passive.</summary>
/// <param name="reduction">How single losses become one value.</param>
public abstract class ActivePassiveLoss(Reduction reduction = Reduction.Mean) : SoftmaxLoss(reduction)
{
    /// <summary>Checks, evaluates, weights, reduces.</summary>
    /// <param name="loss">The loss, for messages.</param>
    /// <param name="input">The logits (N, C, *).</param>
    /// <param name="target">The class indices (N, *), int64.</param>
    /// <param name="sample_weight">Weight of each position, broadcast to (N, *).</param>
    /// <param name="active">Weight of the normalised cross entropy.</param>
    /// <param name="passive">Weight of the missing probability 1 − p_y.</param>
    /// <param name="ignore_index">Target value of positions that do not count.</param>
    /// <param name="reduction">None keeps the single losses, Sum adds them up, Mean divides by what counts.</param>
    private protected static Tensor Evaluate(
        string loss,
        Tensor input,
        Tensor target,
        Tensor? sample_weight,
        double active,
        double passive,
        long ignore_index,
        Reduction reduction
    )
    {
        ClassIndexCheck.Run(input, target, sample_weight, null, ignore_index, loss);
        var weights = new SoftmaxWeights(null, sample_weight, ignore_index, MeanByClassWeight: false);
        return Run(new ActivePassive(active, passive, input.shape[1]), input, target, weights, reduction);
    }

    /// <summary>log p_y over the sum of all log p, and 1 − p_y.</summary>
    [StructLayout(LayoutKind.Auto)]
    readonly struct ActivePassive(double active, double passive, long classes) : ISoftmaxFormula<ActivePassive>
    {
        readonly double active = active;
        readonly double passive = passive;
        readonly double classes = classes;

        /// <inheritdoc/>
        public static bool UsesMean => true;

        /// <inheritdoc/>
        [MethodImpl(Inline)]
        public static R Value<R>(in ActivePassive o, R log_p, R mean_log_p)
            where R : struct, IReal<R>
        {
            // a single class is certain: its share of the sum would be 0/0
            var sum = o.classes == 1 ? mean_log_p - 1 : mean_log_p * o.classes;
            return log_p / sum * o.active + ClassificationMAELoss.Value(log_p, o.passive);
        }
    }
}
