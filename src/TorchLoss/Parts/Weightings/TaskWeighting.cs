namespace TorchLoss;

/// <summary>Weights of tasks from the history of their losses.</summary>
public abstract class TaskWeighting : Part
{
    /// <summary>The weights.</summary>
    /// <param name="history">The losses (n, K) of at least two steps, the newest last.</param>
    /// <returns>(K), without gradient.</returns>
    public Tensor Weights(Tensor history)
    {
        var name = GetType().Name;
        InputCheck.Live(history, name, nameof(history));
        InputCheck.Floating(history, name);
        InputCheck.Dimensions(history, 2, "(steps, num_tasks)", name);
        if (history.shape[0] < 2)
        {
            throw new ArgumentException(
                $"{name}: history (steps, num_tasks) must have at least 2 steps, got {history.Shape}.",
                nameof(history)
            );
        }

        return Tensors.Scoped(() => Weigh(history.detach().Upcast()));
    }

    /// <inheritdoc/>
    public override Tensor Run(TensorArguments inputs) => Weights(inputs.Need("history", GetType().Name));

    /// <summary>The weights of a checked history.</summary>
    protected abstract Tensor Weigh(Tensor history);
}
