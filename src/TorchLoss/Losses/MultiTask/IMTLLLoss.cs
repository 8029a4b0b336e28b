namespace TorchLoss;

/// <summary>IMTL-L: learns a scale for each task's loss, so that all scaled losses become 1.</summary>
/// <remarks>
/// <c>Σ_k e^(s_k) L_k − s_k</c> with the learned s, least at s_k = −log L_k. Scales go on as straight lines where e^s would overflow.
/// </remarks>
[Loss(
    Family.MultiTask,
    Formula = @"\sum_k e^{s_k} L_k - s_k",
    Source = "Liu, Li, Kuang, Xue, Chen, Yang, Liao and Zhang 2021, Towards Impartial Multi-task Learning, ICLR, openreview.net/forum?id=IMPnRXEWpvr, eq. (9)",
    Function = "imtl_l_loss"
)]
public sealed partial class IMTLLLoss : MultiTaskLoss
{
    /// <param name="loss_scale">Logarithm s of each task's weight.</param>
    static Tensor Compute(Tensor losses, [Learned("num_tasks", Initial = Initial.Zeros)] Tensor loss_scale)
    {
        losses.CheckTasks(nameof(IMTLLLoss));
        InputCheck.Like(loss_scale, losses, nameof(IMTLLLoss));
        var s = loss_scale.Upcast();
        return (losses.Upcast() * s.BoundedExp() - s).sum();
    }
}
