namespace TorchLoss;

/// <summary>Assigns each object a query of its own, so that the sum of all costs of the image is the smallest possible.</summary>
/// <remarks>
/// The cost of a pair is <c>−cost_class · p(class) + cost_bbox · L1 + cost_giou · (1 − GIoU)</c>, without gradient. The assignment
/// is exact (<see cref="LinearAssignment"/>) and runs on the CPU. With more objects than queries, the objects that fit worst get
/// none.
/// </remarks>
/// <param name="cost_class">Weight of the probability of the object's class.</param>
/// <param name="cost_bbox">Weight of the absolute differences of cx, cy, w, h.</param>
/// <param name="cost_giou">Weight of the generalised IoU.</param>
[Part(Source = "Carion et al. 2020, End-to-End Object Detection with Transformers, arXiv:2005.12872, eq. (1)")]
public sealed partial class HungarianMatcher(
    [AtLeast(0)] double cost_class = 1.0,
    [AtLeast(0)] double cost_bbox = 5.0,
    [AtLeast(0)] double cost_giou = 2.0
) : Matcher
{
    readonly double classWeight = cost_class_range.Check(cost_class, nameof(HungarianMatcher), nameof(cost_class));
    readonly double boxWeight = cost_bbox_range.Check(cost_bbox, nameof(HungarianMatcher), nameof(cost_bbox));
    readonly double giouWeight = cost_giou_range.Check(cost_giou, nameof(HungarianMatcher), nameof(cost_giou));

    /// <inheritdoc/>
    internal override Tensor Match(ObjectSets sets, string loss)
    {
        if (sets.Labels.numel() == 0)
        {
            return sets.Labels.clone();
        }

        using var none = no_grad();
        var (images, slots) = (sets.Labels.shape[0], sets.Labels.shape[1]);
        var costs = Costs(sets).transpose(1, 2).to(ScalarType.Float64).cpu().contiguous().data<double>().ToArray();
        var labels = sets.Labels.cpu().contiguous().data<long>().ToArray();
        var queries = (int)sets.Logits.shape[1];
        var match = new long[images * slots];
        Array.Fill(match, -1);
        for (var image = 0; image < images; image++)
        {
            var first = image * (int)slots;
            var objects = Enumerable.Range(first, (int)slots).Where(slot => labels[slot] >= 0).ToArray();
            var assigned = LinearAssignment.Solve(Rows(costs, objects, queries, loss));
            for (var i = 0; i < objects.Length; i++)
            {
                match[objects[i]] = assigned[i];
            }
        }

        return tensor(match, device: sets.Labels.device).view(images, slots);
    }

    /// <summary>Costs of all pairs (B, Q, T).</summary>
    Tensor Costs(ObjectSets sets)
    {
        var labels = sets.Labels.clamp_min(0).unsqueeze(1).expand(-1, sets.Logits.shape[1], -1);
        var (predicted, wanted) = (sets.Boxes.unsqueeze(2), sets.TargetBoxes.unsqueeze(1));
        var l1 = (predicted - wanted).abs().sum(3);
        var giou = GIoULoss.OfCentres(predicted, wanted, ObjectSets.Eps);
        return boxWeight * l1 + giouWeight * giou - classWeight * sets.Logits.softmax(2).gather(2, labels);
    }

    static double[,] Rows(double[] costs, int[] rows, int columns, string loss)
    {
        var matrix = new double[rows.Length, columns];
        for (var i = 0; i < rows.Length; i++)
        {
            for (var j = 0; j < columns; j++)
            {
                var cost = costs[rows[i] * columns + j];
                matrix[i, j] = double.IsFinite(cost)
                    ? cost
                    : throw new ArgumentException(
                        $"{loss}: the cost of query {j} for an object is {cost}; look for NaN or infinity in pred_logits, pred_boxes and target_boxes."
                    );
            }
        }

        return matrix;
    }
}
