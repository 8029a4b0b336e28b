namespace TorchLoss.Standard;

/// <summary>Pulls each anchor to its positive until it is nearer than its negative by a margin, in a distance of your own.</summary>
/// <remarks>
/// Per triplet <c>ℓ = max(0, d(a, p) − d(a, n) + margin)</c> in the distance's units. The distance is called from managed code, so
/// whatever it throws reaches the caller, and all that it creates is disposed with the loss's own temporaries.
/// Shapes: three times (N, D) or (D); the distance gives one number per triplet, or whatever shape it likes.
/// </remarks>
[Loss(
    Family.Standard,
    Formula = @"\max(0,\, d(a, p) - d(a, n) + m)",
    Source = "Balntas, Riba, Ponsa and Mikolajczyk 2016, Learning Local Feature Descriptors with Triplets and Shallow Convolutional Neural Networks, doi:10.5244/C.30.119; PyTorch torch.nn.TripletMarginWithDistanceLoss",
    Function = "triplet_margin_with_distance_loss",
    BuiltIn = "TripletMarginWithDistanceLoss"
)]
public sealed partial class TripletMarginWithDistanceLoss : StandardTriplet
{
    /// <param name="anchor">The anchors.</param>
    /// <param name="positive">A sample of the same class for each.</param>
    /// <param name="negative">A sample of another class for each.</param>
    /// <param name="distance_function">The distance; null is the Euclidean one with 1e-6 added to every coordinate.</param>
    /// <param name="margin">By how much the negative should be farther than the positive.</param>
    /// <param name="swap">Whether the negative is compared with the positive where it is nearer to that than to the anchor.</param>
    /// <param name="reduction">None keeps the single losses, Mean averages them (NaN where there are none), Sum adds them up.</param>
    static Tensor Compute(
        Tensor anchor,
        Tensor positive,
        Tensor negative,
        [Alias("distance")] [Choices(typeof(PairwiseDistances))] Func<Tensor, Tensor, Tensor>? distance_function = null,
        [Positive] double margin = 1.0,
        bool swap = false,
        Reduction reduction = Reduction.Mean
    )
    {
        Check(anchor, positive, negative, nameof(TripletMarginWithDistanceLoss));
        var triplets = (anchor.Upcast(), positive.Upcast(), negative.Upcast());
        return Hinge(Checked(distance_function), triplets, margin, swap, reduction);
    }

    /// <summary>The distance, with its results checked: they must be there and of one shape.</summary>
    static Func<Tensor, Tensor, Tensor> Checked(Func<Tensor, Tensor, Tensor>? distance)
    {
        distance ??= PairwiseDistances.Pairwise;
        Tensor? first = null;
        return (a, b) =>
        {
            var result = distance(a, b);
            InputCheck.Live(result, nameof(TripletMarginWithDistanceLoss), "the result of distance_function");
            first ??= result;
            InputCheck.SameShape(
                result,
                first,
                nameof(TripletMarginWithDistanceLoss),
                "the result of distance_function",
                "its first result"
            );
            return result;
        };
    }
}
