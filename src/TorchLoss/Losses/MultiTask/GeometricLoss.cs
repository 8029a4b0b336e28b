namespace TorchLoss;

/// <summary>Geometric mean of the tasks' losses: each task's relative improvement counts the same, whatever its scale.</summary>
/// <remarks>
/// <c>exp(mean_k log L_k)</c>, times the geometric mean of the tasks in focus where there are some, so that those count more. The
/// product itself, as it is usually computed, underflows for a few small losses. A loss of 0 counts as the smallest number there is.
/// </remarks>
[Loss(
    Family.MultiTask,
    Formula = @"\Big(\prod_k L_k\Big)^{1/K} \Big(\prod_f L_f\Big)^{1/F}",
    Source = "Chennupati, Sistu, Yogamani and Rawashdeh 2019, MultiNet++: Multi-Stream Feature Aggregation and Geometric Loss Strategy, arXiv:1904.08492, eqs. (2) and (3)",
    Aliases = "GLSLoss"
)]
public sealed partial class GeometricLoss : MultiTaskLoss
{
    /// <param name="focus">Indices of tasks that count more; null is none.</param>
    static Tensor Compute(Tensor losses, IReadOnlyList<long>? focus = null)
    {
        const string loss = nameof(GeometricLoss);
        losses.CheckTasks(loss);
        foreach (var task in focus ?? [])
        {
            if (task < 0 || task >= losses.shape[0])
            {
                throw new ArgumentException(
                    $"{loss}: focus must hold indices of tasks, from 0 and below {losses.shape[0]}, got {task}.",
                    nameof(focus)
                );
            }
        }

        var values = losses.Upcast();
        var logs = values.clamp_min(values.dtype is ScalarType.Float64 ? 1e-307 : 1e-37).log();
        var all = logs.Reduce(Reduction.Mean);
        if (focus is not { Count: > 0 })
        {
            return all.exp();
        }

        return (all + logs.index_select(0, tensor([.. focus], device: losses.device)).mean()).exp();
    }
}
