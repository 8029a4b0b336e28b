namespace TorchLoss;

/// <summary>FAMO: lowers the logarithms of all tasks' losses at the same rate, without a gradient per task.</summary>
/// <remarks>
/// With <c>D = L − min_losses + 1e-8</c> and <c>z = softmax(w)</c>: <c>(1/c) Σ_k z_k log D_k</c>, where <c>c = Σ_k z_k / D_k</c> has no
/// gradient. Call <see cref="Step"/> after the optimizer's step with the losses before and after it: it moves w towards the
/// tasks that improved least. w and min_losses are buffers: state_dict saves and restores them.
/// </remarks>
[Loss(
    Family.MultiTask,
    Formula = @"\frac{1}{c} \sum_k z_k \log D_k, \quad c = \sum_k \frac{z_k}{D_k}",
    Source = "Liu, Feng, Stone and Liu 2023, FAMO: Fast Adaptive Multitask Optimization, arXiv:2306.03792, algorithm 1",
    Function = "famo_loss"
)]
public sealed partial class FAMOLoss : MultiTaskLoss
{
    const double Least = 1e-8;

    /// <summary>Moves the weights by how much each task improved: plain gradient descent with weight decay.</summary>
    /// <param name="before">The losses before the optimizer's step, (num_tasks).</param>
    /// <param name="after">The losses of the same batch after it, (num_tasks).</param>
    /// <param name="learning_rate">How fast weights move.</param>
    /// <param name="decay">How fast they are forgotten.</param>
    public void Step(Tensor before, Tensor after, double learning_rate = 0.025, double decay = 0.001)
    {
        InputCheck.Live(before, nameof(FAMOLoss), nameof(before));
        InputCheck.Live(after, nameof(FAMOLoss), nameof(after));
        Check(before, w.shape[0], nameof(FAMOLoss));
        Check(after, w.shape[0], nameof(FAMOLoss));
        using var scope = NewDisposeScope();
        var state = w.detach();
        var improved = Excess(before.detach(), min_losses).log() - Excess(after.detach(), min_losses).log();
        var z = state.softmax(0);
        var gradient = z * (improved - (z * improved).sum());
        w.Remember(state - (gradient + state * decay) * learning_rate);
    }

    /// <param name="w">Logit of each task's weight.</param>
    /// <param name="min_losses">The least loss that each task can reach.</param>
    static Tensor Compute(Tensor losses, [State("num_tasks")] Tensor w, [State("num_tasks")] Tensor min_losses)
    {
        const string loss = nameof(FAMOLoss);
        losses.CheckTasks(loss);
        var z = losses.Recall(w, loss, nameof(w)).softmax(0);
        var excess = Excess(losses.Upcast(), losses.Recall(min_losses, loss, nameof(min_losses)));
        var divisor = (z / excess.detach()).sum();
        return (excess.log() * z).sum().SafeDivide(divisor);
    }

    static Tensor Excess(Tensor losses, Tensor least) => (losses - least).clamp_min(0) + Least;
}
