namespace TorchLoss;

/// <summary>Decides which prediction is trained on which object.</summary>
public abstract class Matcher : Part
{
    /// <summary>The query of each object.</summary>
    /// <param name="pred_logits">Class scores of each query (B, Q, K + 1); the last class is "no object".</param>
    /// <param name="pred_boxes">Boxes cx, cy, w, h of each query (B, Q, 4).</param>
    /// <param name="target_labels">Classes of the objects (B, T), int64 in [0, K); −1 where there is none.</param>
    /// <param name="target_boxes">Boxes cx, cy, w, h of the objects (B, T, 4).</param>
    /// <returns>Indices of queries (B, T), int64; −1 for padding and for objects that get none.</returns>
    public Tensor Match(Tensor pred_logits, Tensor pred_boxes, Tensor target_labels, Tensor target_boxes)
    {
        var name = GetType().Name;
        InputCheck.Live(pred_logits, name, nameof(pred_logits));
        InputCheck.Live(pred_boxes, name, nameof(pred_boxes));
        InputCheck.Live(target_labels, name, nameof(target_labels));
        InputCheck.Live(target_boxes, name, nameof(target_boxes));
        return Tensors.Scoped(() =>
            Match(ObjectSets.Of(name, pred_logits, pred_boxes, target_labels, target_boxes), name)
        );
    }

    /// <inheritdoc/>
    public override Tensor Run(TensorArguments inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        Tensor Need(string name) => inputs.Need(name, GetType().Name);
        return Match(Need("pred_logits"), Need("pred_boxes"), Need("target_labels"), Need("target_boxes"));
    }

    /// <summary>The same of sets that were checked, with the name of the loss for messages.</summary>
    internal abstract Tensor Match(ObjectSets sets, string loss);
}
