namespace TorchLoss;

/// <summary>Dynamic weight average: tasks whose loss falls slower than that of the others get more weight.</summary>
/// <remarks>
/// <c>Σ_k w_k L_k</c> with <c>w = K softmax(r / T)</c> and <c>r_k = L_k(t − 1) / L_k(t − 2)</c>, the losses of the last two epochs; the
/// weights sum to K and get no gradient. Call <see cref="Epoch"/> with the mean losses at the end of each epoch. Until two are
/// known, and for a ratio 0/0, r is 1. What is remembered is kept in buffers, so that state_dict saves and restores it.
/// </remarks>
[Loss(
    Family.MultiTask,
    Formula = @"\sum_k K \frac{\exp(r_k / T)}{\sum_i \exp(r_i / T)} L_k, \quad r_k = \frac{L_k(t-1)}{L_k(t-2)}",
    Source = "Liu, Johns and Davison 2019, End-to-End Multi-Task Learning with Attention, arXiv:1803.10704, eq. (7)",
    Aliases = "DWALoss"
)]
public sealed partial class DynamicWeightAverageLoss : MultiTaskLoss
{
    /// <summary>Remembers the losses of an epoch that has ended.</summary>
    /// <param name="losses">The mean loss of each task over the epoch, (num_tasks).</param>
    public void Epoch(Tensor losses)
    {
        InputCheck.Live(losses, nameof(DynamicWeightAverageLoss), nameof(losses));
        Check(losses, prev_losses.shape[0], nameof(DynamicWeightAverageLoss));
        prev_prev_losses.Remember(prev_losses);
        prev_losses.Remember(losses);
    }

    /// <param name="prev_losses">The losses of the last epoch; NaN where there is none yet.</param>
    /// <param name="prev_prev_losses">The losses of the epoch before; NaN where there is none yet.</param>
    /// <param name="temperature">Temperature T: the larger, the more equal the weights.</param>
    static Tensor Compute(
        Tensor losses,
        [State("num_tasks")] Tensor prev_losses,
        [State("num_tasks")] Tensor prev_prev_losses,
        [Alias("T"), Positive] double temperature = 2.0
    )
    {
        const string loss = nameof(DynamicWeightAverageLoss);
        losses.CheckTasks(loss);
        var last = losses.Recall(prev_losses, loss, nameof(prev_losses));
        var before = losses.Recall(prev_prev_losses, loss, nameof(prev_prev_losses));

        // a loss that was 0 gives an infinite ratio, and ∞ − ∞ in the softmax is NaN
        var ratio = (last / before).nan_to_num(1, 1e30, -1e30);
        return losses.Upcast().WeighedBy((ratio / temperature).Shares());
    }

    partial void Created()
    {
        prev_losses.Forget();
        prev_prev_losses.Forget();
    }
}
