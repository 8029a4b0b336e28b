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

/// <summary>What losses share that weigh tasks by what they remember of them.</summary>
static class TaskMemory
{
    extension(Tensor losses)
    {
        /// <summary>Refuses everything but a vector with one loss per task.</summary>
        public void CheckTasks(string loss)
        {
            InputCheck.Floating(losses, loss, nameof(losses));
            InputCheck.Dimensions(losses, 1, "(num_tasks)", loss, nameof(losses));
        }

        /// <summary>What is remembered, without gradient and in the dtype of the losses; refused unless it has one number per task.</summary>
        public Tensor Recall(Tensor state, string loss, string name)
        {
            InputCheck.Like(state, losses, loss, name, nameof(losses));
            return state.detach().to(losses.Upcast().dtype);
        }

        /// <summary>The losses by weights that sum to their number and get no gradient.</summary>
        public Tensor WeighedBy(Tensor weights) => (losses * weights.detach()).sum();

        /// <summary>K softmax(x): weights that sum to the number of tasks.</summary>
        public Tensor Shares() => losses.softmax(0) * losses.shape[0];
    }

    /// <summary>Writes into a state in place, so that it stays the registered buffer.</summary>
    public static void Remember(this Tensor state, Tensor values)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        state.copy_(values.detach());
    }

    /// <summary>Marks a new state as holding nothing yet.</summary>
    public static void Forget(this Tensor state)
    {
        using var _ = no_grad();
        state.fill_(double.NaN);
    }
}
