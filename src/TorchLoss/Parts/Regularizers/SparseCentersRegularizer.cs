namespace TorchLoss;

/// <summary>Pulls the centres of one class together, so that classes that need few centres use few.</summary>
/// <remarks>
/// Per pair of centres of one class the distance <c>√(2 − 2 cos)</c>; by default their sum over twice the number of pairs.
/// Measured as the distance of the unit vectors: 2 − 2 cos has no digits left where centres almost coincide, and the
/// root's gradient there is infinite. Coinciding centres get no gradient.
/// </remarks>
/// <param name="num_classes">The number of classes.</param>
/// <param name="centers_per_class">The number of centres of each class, which follow each other.</param>
/// <param name="reducer">How the penalties become one value; null is a <see cref="DivisorReducer"/>.</param>
[Part(Source = "Qian, Shang, Sun, Hu, Li and Jin 2019, SoftTriple Loss, arXiv:1909.05235, eq. (9)")]
public sealed partial class SparseCentersRegularizer(
    [AtLeast(1)] long num_classes,
    [AtLeast(2)] long centers_per_class,
    Reducer? reducer = null
) : Regularizer(reducer ?? new DivisorReducer())
{
    readonly long centers = centers_per_class_range.Check(
        centers_per_class,
        nameof(SparseCentersRegularizer),
        nameof(centers_per_class)
    );

    readonly long classes = num_classes_range.Check(num_classes, nameof(SparseCentersRegularizer), nameof(num_classes));

    /// <inheritdoc/>
    protected override SubLoss Penalties(Tensor vectors)
    {
        InputCheck.Size(vectors, 0, classes * centers, "num_classes · centers_per_class", GetType().Name);
        var distances = new LpDistance().Between(vectors, null);
        var class_of = arange(classes, dtype: ScalarType.Int64, device: vectors.device).repeat_interleave(centers);
        var pairs = class_of.unsqueeze(1).eq(class_of).triu(1);
        return new(distances, class_of) { Counts = pairs, Divisor = 2 * pairs.sum() };
    }
}
