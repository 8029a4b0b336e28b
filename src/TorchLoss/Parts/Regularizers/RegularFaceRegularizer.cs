namespace TorchLoss;

/// <summary>Pushes each class vector away from the one that is nearest to it.</summary>
/// <remarks>Per class the similarity with its nearest other class. A single class has no other: 0.</remarks>
/// <param name="distance">The similarity; null is the cosine. A distance is refused: it would pull classes together.</param>
/// <param name="reducer">How the penalties become one value; null averages them.</param>
[Part(Source = "Zhao, Xu and Cheng 2019, RegularFace: Deep Face Recognition via Exclusive Regularization")]
public sealed partial class RegularFaceRegularizer(Distance? distance = null, Reducer? reducer = null)
    : Regularizer(reducer ?? new MeanReducer())
{
    readonly Distance similarity =
        distance is null ? new CosineSimilarityDistance()
        : distance.IsInverted ? distance
        : throw new ArgumentException(
            $"{nameof(RegularFaceRegularizer)}: distance must be a similarity, got {distance.GetType().Name}.",
            nameof(distance)
        );

    /// <inheritdoc/>
    protected override SubLoss Penalties(Tensor vectors)
    {
        if (vectors.shape[0] < 2)
        {
            return PerVector(vectors.sum(1) * 0);
        }

        var similarities = similarity.Between(vectors, null);
        var self = eye(vectors.shape[0], dtype: ScalarType.Bool, device: vectors.device);
        var nearest = similarities.detach().masked_fill(self, double.NegativeInfinity).argmax(1, keepdim: true);
        return PerVector(similarities.gather(1, nearest).squeeze(1));
    }
}
