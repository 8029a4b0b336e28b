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
        var (n, k) = (input.shape[0], input.shape[1]);
        var scores = input.Upcast();
        var positions = input.shape[2..].Aggregate(1L, (a, b) => a * b);
        var p = (from_logits ? scores.softmax(1) : scores).reshape(n, k, positions);
        return Run(p, target.reshape(n, positions), classes, per_image, ignore, reduction);
    }

    static Tensor Run(
        Tensor p,
        Tensor labels,
        ClassSelection classes,
        bool per_image,
        long? ignore,
        Reduction reduction
    )
    {
        var lists = new JaccardLists(p.shape[0], p.shape[1], p.shape[2], per_image, ignore, JaccardError.Distance);
        long[] chosen = [.. classes.Chosen ?? lists.AllClasses];
        return JaccardEngine.Evaluate(lists, p, labels, chosen, classes.IsPresent, reduction);
    }

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
