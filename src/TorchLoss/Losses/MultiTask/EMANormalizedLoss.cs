namespace TorchLoss;

/// <summary>Divides each task's loss by its own running mean, so that all tasks have the same scale.</summary>
/// <remarks>
/// <c>Σ_k L_k / (e_k + ε)</c> with <c>e ← d e + (1 − d) L</c>, without gradient; where nothing is remembered yet e is L itself. Call
/// <see cref="Step"/> after each step. The running mean is a buffer: state_dict saves and restores it. debias is for a mean that
/// started at 0 instead: it divides e by <c>1 − d^step</c>.
/// </remarks>
[Loss(
    Family.MultiTask,
    Formula = @"\sum_k \frac{L_k}{e_k + \varepsilon}, \quad e_k \leftarrow d\,e_k + (1 - d) L_k",
    Source = "exponential moving average with bias correction: Kingma and Ba 2015, Adam, arXiv:1412.6980, section 3",
    Function = "ema_normalized_loss"
)]
public sealed partial class EMANormalizedLoss : MultiTaskLoss
{
    /// <summary>Takes the losses of a step into the running mean.</summary>
    /// <param name="losses">The loss of each task, (num_tasks).</param>
    public void Step(Tensor losses)
    {
        InputCheck.Live(losses, nameof(EMANormalizedLoss), nameof(losses));
        Check(losses, ema.shape[0], nameof(EMANormalizedLoss));
        using var scope = NewDisposeScope();
        ema.Remember(Next(losses.detach().Upcast(), ema, decay));
    }

    /// <param name="ema">The running mean before this step; NaN where there is none yet.</param>
    /// <param name="decay">Share d of the running mean that is kept.</param>
    /// <param name="debias">Whether the running mean started at 0 and is corrected for that.</param>
    /// <param name="step">Number of this step, from 1, for debias.</param>
    /// <param name="eps">Added to the divisor, ε.</param>
    static Tensor Compute(
        Tensor losses,
        [State("num_tasks")] Tensor ema,
        [Between(0, 1, HighOpen = true)] double decay = 0.9,
        bool debias = false,
        [AtLeast(1)] long step = 1,
        [Positive] double eps = 1e-8
    )
    {
        const string loss = nameof(EMANormalizedLoss);
        losses.CheckTasks(loss);
        var mean = Next(losses.detach().Upcast(), losses.Recall(ema, loss, nameof(ema)), decay);
        mean = debias ? mean / (1 - Math.Pow(decay, step)) : mean;
        return (losses.Upcast() / (mean + eps)).sum();
    }

    static Tensor Next(Tensor losses, Tensor ema, double decay)
    {
        var before = ema.to(losses.dtype);
        return where(before.isnan(), losses, before * decay + losses * (1 - decay));
    }

    partial void Created() => ema.Forget();
}
