namespace TorchLoss;

/// <summary>Displacement gradient loss: keeps a field of displacements smooth, so that registration does not tear or fold an image.</summary>
/// <remarks>
/// Per sample <c>ℓ = c · mean_a mean |∂_a u|^p</c>: forward differences of neighbours along each axis of space, p = 1 or 2, averaged over each
/// axis and then over the axes; in units of displacement (squared). A field (B, n, *space) has one channel a dimension in registration, but any number
/// is accepted. An axis of one element has no differences and counts as 0.
/// </remarks>
[Loss(
    Family.Image,
    Formula = @"\frac{c}{A} \sum_a \mathrm{mean}\, \lvert u_{i + e_a} - u_i\rvert^p",
    Source = "Balakrishnan, Zhao, Sabuncu, Guttag and Dalca 2019, VoxelMorph, arXiv:1809.05231, eq. (9)"
)]
public sealed partial class DisplacementGradientLoss : LossModule1
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } = [new("input", "N C *", Role.Prediction)];

    /// <param name="input">The field (B, n, *space), one to three dimensions of space.</param>
    /// <param name="penalty">What becomes of a difference.</param>
    /// <param name="loss_mult">Factor c.</param>
    /// <param name="reduction">None keeps one loss per field, Mean averages them, Sum adds them up.</param>
    static Tensor Compute(
        Tensor input,
        GradientPenalty penalty = GradientPenalty.L1,
        [AtLeast(0)] double loss_mult = 1.0,
        Reduction reduction = Reduction.Mean
    )
    {
        const string loss = nameof(DisplacementGradientLoss);
        InputCheck.Floating(input, loss);
        if (input.dim() is < 3 or > 5)
        {
            throw new ArgumentException($"{loss}: input must be (B, n, *space), got {input.Shape}.", nameof(input));
        }

        var x = input.Upcast();
        var axes = x.dim() - 2;
        var losses = Enumerable
            .Range(2, (int)axes)
            .Select(axis =>
            {
                var steps = x.diff(dim: axis).flatten(1);
                var costs = penalty is GradientPenalty.L1 ? steps.abs() : steps.square();
                return costs.shape[1] == 0 ? costs.sum(1) : costs.mean([1]);
            })
            .Aggregate((a, b) => a + b);
        return (losses * (loss_mult / axes)).Reduce(reduction);
    }
}

/// <summary>What becomes of a difference of neighbours.</summary>
public enum GradientPenalty
{
    /// <summary>Its absolute value.</summary>
    L1,

    /// <summary>Its square.</summary>
    L2,
}
