namespace TorchLoss;

/// <summary>Lovász-Softmax loss: trains on intersection over union itself, through its convex extension to probabilities.</summary>
/// <remarks>
/// Per class c the errors <c>e_i = |[t_i = c] − p_i|</c> are sorted downwards and weighed by how much the Jaccard loss grows when
/// position i joins the mistakes: <c>ℓ_c = Σ_i e_i · ΔJ_i</c>, in [0, 1], without unit; then the mean over classes. The order has
/// no gradient. The growth is taken in closed form, <c>1/U_i</c> where t_i = c and <c>I_i / (U_i (U_i − 1))</c> elsewhere, with
/// I and U the intersection and union left: as a difference of two Jaccard losses next to 1 it has one digit left in float32 for
/// a million positions. Input (N, C, *), target (N, *). Where every position is ignored, or no class is present, the loss is 0.
/// </remarks>
[Loss(
    Family.Segmentation,
    Formula = @"\frac{1}{|\mathcal{C}|} \sum_{c} \sum_i e_{\pi_i}\, \Delta J_{\pi_i}, \quad e_i = |[t_i = c] - p_{i,c}|",
    Source = "Berman, Rannen Triki and Blaschko 2018, The Lovász-Softmax loss, arXiv:1705.08790, eq. (11)",
    BuiltIn = "CrossEntropyLoss"
)]
public sealed partial class LovaszSoftmaxLoss : RegionLoss
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static new IReadOnlyList<InputInfo> Inputs { get; } =
    [new("input", "N C *", Role.Logits), new("target", "N *", Role.ClassIndex)];

    /// <param name="classes">
    /// Classes to average over: present (those in the target), all, or a list; an absent class costs its largest probability.
    /// </param>
    /// <param name="per_image">Takes each image by itself and averages their losses, instead of the batch as one large image.</param>
    /// <param name="ignore">Label of positions that do not count.</param>
    /// <param name="from_logits">The input holds logits (softmax is applied); false: probabilities.</param>
    /// <param name="reduction">
    /// None keeps one loss per image, or one for the batch without per_image; Mean averages them, Sum adds them up.
    /// </param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        ClassSelection classes = default,
        bool per_image = false,
        long? ignore = null,
        bool from_logits = true,
        Reduction reduction = Reduction.Mean
    )
    {
        Check(input, target, classes, ignore);
        var scores = input.Upcast();
        var p = Groups(from_logits ? scores.softmax(1) : scores, per_image);
        var labels = Groups(target.unsqueeze(1), per_image);
        var indices = tensor([.. classes.Chosen ?? Range(input.shape[1])], device: input.device);
        var chosen = classes.Chosen is null ? p : p.index_select(1, indices);
        var counted = ignore is { } ignored ? labels.ne(ignored) : ones_like(labels, dtype: ScalarType.Bool);
        var wanted = labels.eq(indices.view(1, -1, 1)).logical_and(counted);
        var errors = (wanted.to(p.dtype) - chosen).abs();
        var losses = (errors * JaccardGrowth(errors, wanted, counted)).sum(2);
        var present = classes.IsPresent ? wanted.any(2) : ones_like(losses, dtype: ScalarType.Bool);
        return (losses * present).sum(1).SafeDivide(present.sum(1).to(losses.dtype)).Reduce(reduction);
    }

    /// <summary>(N, K, *) as (N, K, positions), or (1, K, N · positions) where the batch is one image.</summary>
    static Tensor Groups(Tensor x, bool per_image)
    {
        var (n, k) = (x.shape[0], x.shape[1]);
        var positions = x.shape[2..].Aggregate(1L, (a, b) => a * b);
        var flat = x.reshape(n, k, positions);
        return per_image ? flat : flat.transpose(0, 1).reshape(1, k, n * positions);
    }

    /// <summary>ΔJ of each position, (groups, classes, positions).</summary>
    /// <remarks>Positions that do not count enter no sum, so it does not matter where in the order they stand.</remarks>
    static Tensor JaccardGrowth(Tensor errors, Tensor wanted, Tensor counted) =>
        Tensors.Scoped(() =>
        {
            using var constant = no_grad();
            var order = errors.argsort(2, descending: true);
            var inside = wanted.to(errors.dtype).gather(2, order);
            var outside = counted.logical_and(~wanted).to(errors.dtype).gather(2, order);
            var total = inside.sum(2, keepdim: true);
            var intersection = total - inside.cumsum(2);
            var union = (total + outside.cumsum(2)).clamp_min(1);

            // a union of 1 reached from nothing: the first mistake on an absent class is the whole loss
            var growth = where(inside.gt(0).logical_or(union.eq(1)), 1 / union, intersection / (union * (union - 1)));
            return zeros_like(errors).scatter_(2, order, growth * (inside + outside));
        });

    static IEnumerable<long> Range(long count) => Enumerable.Range(0, (int)count).Select(i => (long)i);

    static void Check(Tensor input, Tensor target, ClassSelection classes, long? ignore)
    {
        ClassIndexCheck.Run(input, target, null, null, ignore, nameof(LovaszSoftmaxLoss));
        if (input.shape[1] < 2)
        {
            throw new ArgumentException(
                $"{nameof(LovaszSoftmaxLoss)}: input must have two classes or more, got {input.Shape}; "
                    + "one channel is a case for the Lovász hinge.",
                nameof(input)
            );
        }

        if (classes.Chosen?.Max() >= input.shape[1])
        {
            throw new ArgumentException(
                $"{nameof(LovaszSoftmaxLoss)}: classes {classes} must be below the {input.shape[1]} channels of input.",
                nameof(classes)
            );
        }
    }
}
