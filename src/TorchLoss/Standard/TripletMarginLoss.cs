namespace TorchLoss.Standard;

/// <summary>Pulls each anchor to its positive until it is nearer than its negative by a margin.</summary>
/// <remarks>
/// Per triplet <c>ℓ = max(0, d(a, p) − d(a, n) + margin)</c> in the distance's units, with <c>d(x, y) = ‖x − y + ε‖_p</c>: the ε is
/// added to every coordinate of the difference, as in PyTorch, which gives identical vectors a (common) direction to part in.
/// Powers other than 1 and 2 are taken of the difference over its largest coordinate, for 1e5 to the power 10 is infinite in float32.
/// Shapes: three times (N, D) or (D).
/// </remarks>
[Loss(
    Family.Standard,
    Formula = @"\max(0,\, \|a - p + \varepsilon\|_p - \|a - n + \varepsilon\|_p + m)",
    Source = "Balntas, Riba, Ponsa and Mikolajczyk 2016, Learning Local Feature Descriptors with Triplets and Shallow Convolutional Neural Networks, doi:10.5244/C.30.119; PyTorch torch.nn.TripletMarginLoss",
    Function = "triplet_margin_loss",
    BuiltIn = "TripletMarginLoss"
)]
public sealed partial class TripletMarginLoss : StandardTriplet
{
    /// <param name="anchor">The anchors.</param>
    /// <param name="positive">A sample of the same class for each.</param>
    /// <param name="negative">A sample of another class for each.</param>
    /// <param name="margin">By how much the negative should be farther than the positive.</param>
    /// <param name="p">Power of the norm; infinity is the largest coordinate.</param>
    /// <param name="eps">Number ε added to every coordinate of a difference.</param>
    /// <param name="swap">Whether the negative is compared with the positive where it is nearer to that than to the anchor.</param>
    /// <param name="reduction">None keeps the single losses, Mean averages them (NaN where there are none), Sum adds them up.</param>
    static Tensor Compute(
        Tensor anchor,
        Tensor positive,
        Tensor negative,
        [Positive] double margin = 1.0,
        [Between(0, double.PositiveInfinity, LowOpen = true)] double p = 2.0,
        [AtLeast(0)] double eps = 1e-6,
        bool swap = false,
        Reduction reduction = Reduction.Mean
    )
    {
        Check(anchor, positive, negative, nameof(TripletMarginLoss));
        return Hinge(
            (a, b) => PairwiseDistances.Norm(a - b + eps, p),
            (anchor.Upcast(), positive.Upcast(), negative.Upcast()),
            margin,
            swap,
            reduction
        );
    }
}
