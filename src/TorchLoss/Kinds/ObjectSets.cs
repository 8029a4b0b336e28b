namespace TorchLoss;

/// <summary>What a detector predicts and what is there: a set of scored boxes and a padded set of labelled ones, per image.</summary>
/// <param name="Logits">Class scores (B, Q, K + 1), at least float32.</param>
/// <param name="Boxes">Boxes cx, cy, w, h (B, Q, 4), in that dtype.</param>
/// <param name="Labels">Classes (B, T); −1 is padding.</param>
/// <param name="TargetBoxes">Boxes cx, cy, w, h (B, T, 4), in that dtype; those of padding hold 0.</param>
readonly record struct ObjectSets(Tensor Logits, Tensor Boxes, Tensor Labels, Tensor TargetBoxes)
{
    /// <summary>Added to areas that divide: far below those of boxes in 0..1, and above 0 where a box has none.</summary>
    public const double Eps = 1e-12;

    /// <summary>Checks the tensors.</summary>
    public static ObjectSets Of(
        string loss,
        Tensor pred_logits,
        Tensor pred_boxes,
        Tensor target_labels,
        Tensor target_boxes
    )
    {
        CheckPredictions(loss, pred_logits, pred_boxes);
        CheckTargets(loss, pred_logits, target_labels, target_boxes);
        var logits = pred_logits.Upcast();
        var boxes = target_boxes.to(logits.dtype);
        boxes = where(target_labels.ge(0).unsqueeze(2), boxes, zeros_like(boxes));
        if (boxes.device_type is DeviceType.CPU && boxes.narrow(2, 2, 2).lt(0).any().item<bool>())
        {
            throw new ArgumentException(
                $"{loss}: target_boxes has a box of negative width or height; boxes are (cx, cy, w, h).",
                nameof(target_boxes)
            );
        }

        return new(logits, pred_boxes.to(logits.dtype), target_labels, boxes);
    }

    static void CheckPredictions(string loss, Tensor pred_logits, Tensor pred_boxes)
    {
        InputCheck.Floating(pred_logits, loss);
        InputCheck.Floating(pred_boxes, loss);
        InputCheck.SameDevice(pred_boxes, pred_logits, loss);
        InputCheck.Dimensions(pred_logits, 3, "(B, Q, K + 1)", loss);
        InputCheck.Dimensions(pred_boxes, 3, "(B, Q, 4)", loss);
        InputCheck.Size(pred_boxes, 0, pred_logits.shape[0], "B of pred_logits", loss);
        InputCheck.Size(pred_boxes, 1, pred_logits.shape[1], "Q of pred_logits", loss);
        InputCheck.Size(pred_boxes, 2, 4, "cx, cy, w, h", loss);
        if (pred_logits.shape[1] < 1 || pred_logits.shape[2] < 2)
        {
            throw new ArgumentException(
                $"{loss}: pred_logits must score at least one class and \"no object\", of at least one query, got {pred_logits.Shape}.",
                nameof(pred_logits)
            );
        }
    }

    static void CheckTargets(string loss, Tensor pred_logits, Tensor target_labels, Tensor target_boxes)
    {
        InputCheck.Floating(target_boxes, loss);
        InputCheck.SameDevice(target_labels, pred_logits, loss);
        InputCheck.SameDevice(target_boxes, pred_logits, loss);
        InputCheck.Dimensions(target_labels, 2, "(B, T)", loss);
        InputCheck.Dimensions(target_boxes, 3, "(B, T, 4)", loss);
        InputCheck.Size(target_labels, 0, pred_logits.shape[0], "B of pred_logits", loss);
        InputCheck.Size(target_boxes, 0, pred_logits.shape[0], "B of pred_logits", loss);
        InputCheck.Size(target_boxes, 1, target_labels.shape[1], "T of target_labels", loss);
        InputCheck.Size(target_boxes, 2, 4, "cx, cy, w, h", loss);
        InputCheck.Indices(target_labels, loss);
        InputCheck.IndexRange(target_labels, pred_logits.shape[2] - 1, -1, loss);
    }
}
