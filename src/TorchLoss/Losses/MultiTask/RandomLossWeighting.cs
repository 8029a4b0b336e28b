namespace TorchLoss;

/// <summary>Random loss weighting: new random weights at each step, a baseline that clever weightings have to beat.</summary>
/// <remarks>
/// <c>Σ_k w_k L_k</c> with <c>w = softmax(z)</c>, which sum to 1 and get no gradient; draw z anew for each step, <c>torch.randn(K)</c>.
/// </remarks>
[Loss(
    Family.MultiTask,
    Formula = @"\sum_k \mathrm{softmax}(z)_k L_k, \quad z \sim N(0, 1)",
    Source = "Lin, Ye, Zhang and Tsang 2022, Reasonable Effectiveness of Random Weighting, arXiv:2111.10603, section 3",
    Aliases = "RLWLoss"
)]
public sealed partial class RandomLossWeighting : LossModule2
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [new("losses", "K", Role.Positive), new("z", "K", Role.Target)];

    static Tensor Compute(Tensor losses, Tensor z)
    {
        losses.CheckTasks(nameof(RandomLossWeighting));
        InputCheck.Like(z, losses, nameof(RandomLossWeighting));
        return losses.Upcast().WeighedBy(z.Upcast().softmax(0));
    }
}
