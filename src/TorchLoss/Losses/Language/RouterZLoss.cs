namespace TorchLoss;

/// <summary>Router z-loss of mixtures of experts: keeps the logits of the router small, where half precision still tells them apart.</summary>
/// <remarks>
/// Per token <c>ℓ = coef (log Σ_e e^(x_e))²</c> over the experts, last dimension. It is added to the loss of the model.
/// </remarks>
[Loss(
    Family.Language,
    Formula = @"c \left( \log \sum_e e^{x_e} \right)^2",
    Source = "Zoph et al. 2022, ST-MoE: Designing Stable and Transferable Sparse Expert Models, arXiv:2202.08906, eq. (5)"
)]
public sealed partial class RouterZLoss : LossModule1
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } = [new("router_logits", "B * C", Role.Logits)];

    /// <param name="router_logits">Logits of the experts (*, E).</param>
    /// <param name="coef">Factor of the loss.</param>
    /// <param name="reduction">None keeps one loss a token (*), Mean averages them, Sum adds them up.</param>
    static Tensor Compute(Tensor router_logits, [AtLeast(0)] double coef = 1.0, Reduction reduction = Reduction.Mean)
    {
        InputCheck.Floating(router_logits, nameof(RouterZLoss));
        if (router_logits.dim() == 0)
        {
            throw new ArgumentException(
                $"{nameof(RouterZLoss)}: router_logits must be (*, E), got a single number.",
                nameof(router_logits)
            );
        }

        return (router_logits.Upcast().logsumexp(-1).square() * coef).Reduce(reduction);
    }
}
