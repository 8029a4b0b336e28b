namespace TorchLoss;

/// <summary>Centroid triplet loss: a sample has to be closer to the centre of its class's other samples than to other classes.</summary>
/// <remarks>
/// The k-th sample of each class is a query q, the mean of the class's other samples its centroid c. For every k and every other
/// class, <c>ℓ = max(0, d(q, c) − d(q, x) + m)</c> with x the other class's query and then its centroid, d the Euclidean distance (of
/// unit vectors unless told otherwise); the value is the mean of those above 0. <b>All classes of a batch need equally many
/// samples</b>; with one each there is no centroid, and the loss is 0. Shapes: embeddings (N, D), labels (N) → one value.
/// </remarks>
[Loss(
    Family.Metric,
    Formula = @"\big[\|q_i - c_i\| - \|q_i - x\| + m\big]_+, \quad x \in \{q_j, c_j\}_{j \neq i}",
    Source = "Wieczorek, Rychalska and Dąbrowski 2021, On the Unreasonable Effectiveness of Centroids in Image Retrieval, arXiv:2104.13643, eq. (2), (3)",
    BuiltIn = "TripletMarginLoss"
)]
public sealed partial class CentroidTripletLoss : PairLoss
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static new IReadOnlyList<InputInfo> Inputs { get; } =
    [new("embeddings", "N D", Role.Embedding), new("labels", "N", Role.Label)];

    /// <param name="margin">The margin m, in the unit of the distance.</param>
    /// <param name="normalize_embeddings">Whether queries and centroids are scaled to length 1 first.</param>
    static Tensor Compute(
        Tensor embeddings,
        Tensor labels,
        [Finite] double margin = 0.05,
        bool normalize_embeddings = true
    )
    {
        EmbeddingCheck.Run(embeddings, labels, null, null, nameof(CentroidTripletLoss));
        var classes = ByClass(embeddings.Upcast(), labels);
        var (count, size) = (classes.shape[0], classes.shape[1]);
        if (size < 2 || count < 2)
        {
            return classes.sum() * 0;
        }

        var centroids = (classes.sum(1, keepdim: true) - classes) / (size - 1);
        var distance = new LpDistance(normalize_embeddings);
        var others = eye(count, dtype: ScalarType.Bool, device: labels.device).logical_not();
        var losses = Enumerable
            .Range(0, (int)size)
            .Select(k =>
            {
                var (query, centre) = (classes.select(1, k), centroids.select(1, k));
                var toQueries = distance.Between(query, query);
                var toCentres = distance.Between(query, centre);
                var own = toCentres.diagonal().unsqueeze(1);
                return stack([relu(own - toQueries + margin), relu(own - toCentres + margin)]);
            });
        var all = stack([.. losses]);
        return all.Reduce(Reduction.Mean, all.gt(0).logical_and(others));
    }

    /// <summary>The samples class by class (C, K, D).</summary>
    static Tensor ByClass(Tensor embeddings, Tensor labels)
    {
        var (ordered, order) = labels.sort(0, stable: true);
        var (_, _, counts) = ordered.unique(return_counts: true);
        var sizes = counts!;
        if (sizes.numel() > 0 && sizes.min().item<long>() != sizes.max().item<long>())
        {
            throw new ArgumentException(
                $"{nameof(CentroidTripletLoss)}: labels must hold every class equally often, got between "
                    + $"{sizes.min().item<long>()} and {sizes.max().item<long>()} of one.",
                nameof(labels)
            );
        }

        var perClass = sizes.numel() == 0 ? 0 : labels.shape[0] / sizes.numel();
        return embeddings.index_select(0, order).view(sizes.numel(), perClass, embeddings.shape[1]);
    }
}
