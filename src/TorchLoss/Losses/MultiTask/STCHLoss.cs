namespace TorchLoss;

/// <summary>Smooth Tchebycheff scalarisation: improves mostly the task that is furthest from its worst acceptable loss.</summary>
/// <remarks>
/// With <c>x_k = log(L_k / nadir_k + 1e-20)</c>: <c>K μ log Σ_k exp((x_k − max x) / μ)</c>, where the maximum is a constant for the
/// gradient and, as in LibMTL, not added back: the gradient is that of a smooth maximum, the value only says how far it is from
/// a single task. Shapes: losses (K), nadir (K), both above 0.
/// </remarks>
[Loss(
    Family.MultiTask,
    Formula = @"K \mu \log \sum_k \exp\Big(\frac{x_k - \max x}{\mu}\Big), \quad x_k = \log \frac{L_k}{n_k}",
    Source = "Lin, Zhang, Yang, Liu, Wang and Zhang 2024, Smooth Tchebycheff Scalarization for Multi-Objective Optimization, arXiv:2402.19078, eq. (8); LibMTL STCH",
    Function = "stch_loss"
)]
public sealed partial class STCHLoss : LossModule2
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [new("losses", "K", Role.Positive), new("nadir", "K", Role.Weight)];

    /// <param name="mu">Smoothness μ: the smaller, the more only the worst task counts.</param>
    static Tensor Compute(Tensor losses, Tensor nadir, [Positive] double mu = 1.0)
    {
        losses.CheckTasks(nameof(STCHLoss));
        InputCheck.Like(nadir, losses, nameof(STCHLoss));
        var logs = (losses.Upcast() / nadir.detach().Upcast() + 1e-20).log();
        var top = logs.numel() == 0 ? logs : logs.max();
        return ((logs - top.detach()) / mu).logsumexp(0) * (mu * losses.shape[0]);
    }
}
