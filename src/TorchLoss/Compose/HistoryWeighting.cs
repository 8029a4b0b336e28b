using static TorchSharp.torch.nn;

namespace TorchLoss;

/// <summary>Weighs tasks by the history of their losses, which it keeps.</summary>
/// <remarks>
/// <c>forward(losses)</c> gives <c>Σ_k w_k L_k</c> with weights from the last steps' losses, all 1/K until two are known. The weights get
/// no gradient. Call <see cref="Step"/> after each step (or epoch). The history is a buffer: state_dict saves and restores it.
/// </remarks>
public sealed class HistoryWeighting : Module<Tensor, Tensor>
{
    readonly TaskWeighting weighting;

    /// <summary>Creates it with an empty history.</summary>
    /// <param name="num_tasks">The number of tasks.</param>
    /// <param name="weighting">How weights follow from the history; null is <see cref="SoftAdapt"/>.</param>
    /// <param name="steps">How many steps are remembered, at least 2.</param>
    public HistoryWeighting(long num_tasks, TaskWeighting? weighting = null, long steps = 2)
        : base(nameof(HistoryWeighting))
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(num_tasks);
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 2);
        this.weighting = weighting ?? new SoftAdapt();
        history = full([steps, num_tasks], double.NaN, dtype: float32).DetachFromDisposeScope();
    }

    /// <summary>The losses of the last steps, (steps, num_tasks), the newest last; NaN where there was none yet.</summary>
    public Tensor history
    {
        get;
        private set
        {
            field = value;
            ConditionallyRegisterBuffer(nameof(history), value);
        }
    }

    /// <summary>The weighted sum.</summary>
    /// <param name="losses">The loss of each task, (num_tasks).</param>
    public override Tensor forward(Tensor losses)
    {
        Check(losses);
        using var scope = NewDisposeScope();
        return losses.Upcast().WeighedBy(Weights().to(losses.Upcast().dtype)).MoveToOuterDisposeScope();
    }

    /// <summary>The weights of the tasks, (num_tasks).</summary>
    public Tensor Weights()
    {
        using var scope = NewDisposeScope();
        var known = history.isnan().any(1).logical_not().sum().item<long>();
        var weights =
            known < 2
                ? full(history.shape[1], 1.0 / history.shape[1], dtype: history.dtype, device: history.device)
                : weighting.Weights(history.narrow(0, history.shape[0] - known, known));
        return weights.MoveToOuterDisposeScope();
    }

    /// <summary>Remembers the losses of a step.</summary>
    /// <param name="losses">The loss of each task, (num_tasks).</param>
    public void Step(Tensor losses)
    {
        Check(losses);
        using var scope = NewDisposeScope();
        var older = history.narrow(0, 1, history.shape[0] - 1);
        history.Remember(cat([older, losses.detach().to(history.dtype).unsqueeze(0)]));
    }

    void Check(Tensor losses)
    {
        InputCheck.Live(losses, nameof(HistoryWeighting), nameof(losses));
        losses.CheckTasks(nameof(HistoryWeighting));
        InputCheck.Size(losses, 0, history.shape[1], "num_tasks", nameof(HistoryWeighting));
        InputCheck.SameDevice(losses, history, nameof(HistoryWeighting));
    }
}
