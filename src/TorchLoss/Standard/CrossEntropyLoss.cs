using System.Runtime.CompilerServices;

namespace TorchLoss.Standard;

/// <summary>Cross entropy of logits: raises the probability of the right class, the more the less likely it was held.</summary>
/// <remarks>
/// Per position <c>ℓ = −Σ_k w_k q_k log p_k</c> (nats), with p the softmax of the logits and w the class weights. For a class
/// index y, q is <c>(1 − ε)·[k = y] + ε/C</c>; a floating-point target holds the distribution itself, and q is
/// <c>(1 − ε)·target + ε/C</c>.
/// With indices the mean divides by the summed weights w_y of the positions that count (NaN where none does), with
/// distributions by the number of positions, and ignore_index has no meaning.
/// Shapes: (N, C, *) with indices (N, *) or distributions (N, C, *); (C) with () or (C).
/// </remarks>
[Loss(
    Family.Standard,
    Formula = @"-\sum_k w_k\, q_k \log p_k, \quad q_k = (1 - \varepsilon)[k = y] + \frac{\varepsilon}{C}",
    Source = "PyTorch torch.nn.CrossEntropyLoss; smoothing: Szegedy, Vanhoucke, Ioffe, Shlens and Wojna 2016, arXiv:1512.00567, section 7",
    Function = "cross_entropy",
    Aliases = "SoftmaxCrossEntropyLoss CategoricalCrossEntropy",
    BuiltIn = "CrossEntropyLoss"
)]
public sealed partial class CrossEntropyLoss : StandardClass
{
    [MethodImpl(Inline)]
    static R Value<R>(R log_p)
        where R : struct, IReal<R> => -log_p;

    /// <param name="input">Logits, (N, C, *) or (C).</param>
    /// <param name="target">Class indices, int64, or distributions of the shape of input.</param>
    /// <param name="weight">Weight of each class, shape (C); null weighs all the same.</param>
    /// <param name="ignore_index">Target value of positions that do not count; only for class indices.</param>
    /// <param name="reduction">
    /// None keeps the single losses, Sum adds them up, Mean divides by the summed weights of what counts (NaN if nothing does).
    /// </param>
    /// <param name="label_smoothing">Share ε of the target that is spread over all classes.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        Tensor? weight = null,
        long ignore_index = -100,
        Reduction reduction = Reduction.Mean,
        [Between(0, 1)] double label_smoothing = 0.0
    )
    {
        if (target.is_floating_point())
        {
            return OfDistributions(input, target, weight, reduction, label_smoothing);
        }

        var scores = ClassScores.Check(input, target, weight, ignore_index, nameof(CrossEntropyLoss));
        if (label_smoothing == 0)
        {
            return Evaluate(new Formula(), scores, weight, ignore_index, reduction);
        }

        return weight is null
            ? Evaluate(new LabelSmoothingCrossEntropy.Formula(label_smoothing), scores, weight, ignore_index, reduction)
            : SmoothedAndWeighted(scores, weight, ignore_index, reduction, label_smoothing);
    }

    /// <summary>The spread part of the target weighs each class by its own weight, the mean divides by those of the targets.</summary>
    static Tensor SmoothedAndWeighted(
        ClassScores scores,
        Tensor weight,
        long ignore_index,
        Reduction reduction,
        double label_smoothing
    )
    {
        var log_p = log_softmax(scores.Input.Upcast(), 1);
        var weights = scores.Weights(weight, ignore_index);
        var own = NLLLoss.Losses(scores, log_p, weights, ignore_index);
        var all = -(log_p * PerClass(weight, log_p, 1)).sum(1);
        all = where(scores.Target.ne(ignore_index), all, zeros_like(all));
        var losses = own * (1 - label_smoothing) + all * (label_smoothing / log_p.shape[1]);
        return reduction is Reduction.Mean ? losses.sum() / weights.sum() : scores.Unbatch(losses).Reduce(reduction);
    }

    static Tensor OfDistributions(
        Tensor input,
        Tensor target,
        Tensor? weight,
        Reduction reduction,
        double label_smoothing
    )
    {
        CheckDistributions(input, target, weight);
        var dimension = input.dim() == 1 ? 0 : 1;
        var log_p = log_softmax(input.Upcast(), dimension);
        var q = target.Upcast();
        q = label_smoothing > 0 ? q * (1 - label_smoothing) + label_smoothing / input.shape[dimension] : q;
        var terms = log_p * q;
        terms = weight is null ? terms : terms * PerClass(weight, log_p, dimension);
        return (-terms.sum(dimension)).Fold(reduction);
    }

    static void CheckDistributions(Tensor input, Tensor target, Tensor? weight)
    {
        InputCheck.Floating(input, nameof(CrossEntropyLoss));
        InputCheck.SameDevice(target, input, nameof(CrossEntropyLoss));
        if (input.dim() == 0 || !target.shape.AsSpan().SequenceEqual(input.shape))
        {
            throw new ArgumentException(
                $"CrossEntropyLoss: a floating-point target holds distributions and must have the shape of input, got {target.Shape} and {input.Shape}.",
                nameof(target)
            );
        }

        ClassIndexCheck.Weight(weight, input, input.shape[input.dim() == 1 ? 0 : 1], nameof(CrossEntropyLoss));
    }

    /// <summary>Class weights in a shape that broadcasts over the class dimension.</summary>
    static Tensor PerClass(Tensor weight, Tensor log_p, int dimension)
    {
        long[] shape = [.. Enumerable.Repeat(1L, (int)log_p.dim())];
        shape[dimension] = -1;
        return weight.to(log_p.dtype).view(shape);
    }
}
