namespace TorchLoss;

/// <summary>BYOL: the online network predicts what its own slow copy makes of the other view; no negatives.</summary>
/// <remarks>
/// Per sample <c>ℓ = 2 − 2 cos(p, sg z)</c>, the squared distance of the unit vectors: 0 to 4, without unit. sg stops the gradient:
/// the target network z follows by its moving average only. This is one direction; training adds the one of the swapped views.
/// Shapes: p and z (N, D).
/// </remarks>
[Loss(
    Family.SelfSupervised,
    Formula = @"2 - 2 \cos(p, \mathrm{sg}\, z)",
    Source = "Grill et al. 2020, Bootstrap Your Own Latent, arXiv:2006.07733, eq. (2)"
)]
public sealed partial class BYOLLoss : LossModule2
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [new("p", "N D", Role.Embedding), new("z", "N D", Role.Target)];

    /// <param name="reduction">None keeps the samples' losses (N), Mean averages them, Sum adds them up.</param>
    static Tensor Compute(Tensor p, Tensor z, Reduction reduction = Reduction.Mean) =>
        (2 - 2 * TwoViewLoss.Agreement(nameof(BYOLLoss), p, z)).Reduce(reduction);
}
