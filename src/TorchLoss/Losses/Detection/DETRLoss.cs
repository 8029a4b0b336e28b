namespace TorchLoss;

/// <summary>DETR's set loss: each object is assigned to the query that predicts it best, and every other query to "no object".</summary>
/// <remarks>
/// <c>ℓ = w_ce · CE + w_bbox · L1 + w_giou · GIoU</c>, after the assignment of <see cref="HungarianMatcher"/>, which has no
/// gradient. CE (nats) is the mean over all queries, those without object weighing eos_coef; L1 (of cx, cy, w, h) and
/// <see cref="GIoULoss"/> are summed over the assigned pairs and divided by the number of objects of the batch, at least 1. With
/// more objects than queries some objects stay without one. An image may have no object. Auxiliary outputs of decoder layers
/// are further calls.
/// </remarks>
[Loss(
    Family.Detection,
    Formula = @"w_{\text{ce}}\, \ell_{\text{ce}} + \frac{1}{M} \sum_{(q, m) \in \hat\sigma} w_{\text{bbox}} \|b_q - b_m\|_1 + w_{\text{giou}}\, \ell_{\text{giou}}(b_q, b_m)",
    Source = "Carion, Massa, Synnaeve, Usunier, Kirillov and Zagoruyko 2020, End-to-End Object Detection with Transformers, arXiv:2005.12872, eqs. (1) and (2)",
    Function = "detr_loss",
    Aliases = "SetCriterion HungarianLoss"
)]
public sealed partial class DETRLoss : LossModule4
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("pred_logits", "B P C", Role.Logits),
        new("pred_boxes", "B P 4", Role.CenterBox),
        new("target_labels", "B K", Role.ObjectLabel),
        new("target_boxes", "B K 4", Role.CenterBox),
    ];

    /// <param name="pred_logits">Class scores of each query (B, Q, K + 1); the last class is "no object".</param>
    /// <param name="pred_boxes">Boxes cx, cy, w, h of each query (B, Q, 4), in 0..1.</param>
    /// <param name="target_labels">Classes of the objects (B, T), int64 in [0, K); −1 where there is none.</param>
    /// <param name="target_boxes">Boxes cx, cy, w, h of the objects (B, T, 4).</param>
    /// <param name="weight_ce">Weight of the cross entropy.</param>
    /// <param name="weight_bbox">Weight of the absolute differences of boxes.</param>
    /// <param name="weight_giou">Weight of the generalised IoU loss.</param>
    /// <param name="eos_coef">Weight of "no object" in the cross entropy.</param>
    /// <param name="cost_class">Weight of the class in the assignment.</param>
    /// <param name="cost_bbox">Weight of the absolute differences of boxes in the assignment.</param>
    /// <param name="cost_giou">Weight of the generalised IoU in the assignment.</param>
    static Tensor Compute(
        Tensor pred_logits,
        Tensor pred_boxes,
        Tensor target_labels,
        Tensor target_boxes,
        [AtLeast(0)] double weight_ce = 1.0,
        [AtLeast(0)] double weight_bbox = 5.0,
        [AtLeast(0)] double weight_giou = 2.0,
        [AtLeast(0)] double eos_coef = 0.1,
        [AtLeast(0)] double cost_class = 1.0,
        [AtLeast(0)] double cost_bbox = 5.0,
        [AtLeast(0)] double cost_giou = 2.0
    )
    {
        var sets = ObjectSets.Of(nameof(DETRLoss), pred_logits, pred_boxes, target_labels, target_boxes);
        var query = new HungarianMatcher(cost_class, cost_bbox, cost_giou).Match(sets, nameof(DETRLoss));
        var (l1, giou) = Boxes(sets, query);
        return weight_ce * Classes(sets, query, eos_coef) + weight_bbox * l1 + weight_giou * giou;
    }

    static Tensor Classes(ObjectSets sets, Tensor query, double eos_coef)
    {
        var scores = sets.Logits.transpose(1, 2);
        var (queries, none) = (sets.Logits.shape[1], sets.Logits.shape[2] - 1);

        // an object without a query writes to one more place, which is cut off again
        var classes = full([sets.Labels.shape[0], queries + 1], none, ScalarType.Int64, sets.Labels.device)
            .scatter_(1, where(query.ge(0), query, queries), sets.Labels)
            .narrow(1, 0, queries);
        var weight = ones(none + 1, dtype: sets.Logits.dtype, device: sets.Logits.device);
        weight[none] = eos_coef;
        return CrossEntropy
            .Of(nameof(DETRLoss), scores, classes, to_onehot_y: true, weight, label_smoothing: 0, mask: null)
            .Reduce(Reduction.Mean);
    }

    static (Tensor L1, Tensor GIoU) Boxes(ObjectSets sets, Tensor query)
    {
        var found = query.ge(0);
        var own = query.clamp_min(0).unsqueeze(2).expand(query.shape[0], query.shape[1], 4);
        var predicted = sets.Boxes.gather(1, own);
        var objects = sets.Labels.ge(0).sum().clamp_min(1);
        var l1 = (predicted - sets.TargetBoxes).abs().sum(2);
        var giou = GIoULoss.OfCentres(predicted, sets.TargetBoxes, ObjectSets.Eps);
        return (Share(l1), Share(giou));

        Tensor Share(Tensor losses) => where(found, losses, zeros_like(losses)).sum() / objects;
    }
}
