namespace TorchLoss;

/// <summary>A loss of the losses of several tasks.</summary>
/// <param name="reduction">How single losses become one value.</param>
public abstract class MultiTaskLoss(Reduction reduction = Reduction.Mean) : LossModule1(reduction)
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } = [new("losses", "K", Role.Positive)];

    /// <summary>Refuses everything but a vector with one loss per task.</summary>
    protected static void Check(Tensor losses, long tasks, string loss)
    {
        InputCheck.Floating(losses, loss);
        InputCheck.Dimensions(losses, 1, "(num_tasks)", loss);
        InputCheck.Size(losses, 0, tasks, "num_tasks", loss);
    }
}
