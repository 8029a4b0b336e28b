namespace TorchLoss;

/// <summary>DirectAU: users close to their items (alignment), users among themselves and items among themselves far apart (uniformity).</summary>
/// <remarks>
/// With unit vectors <c>mean_i |u_i − v_i|² + γ/2 (U(u) + U(v))</c>, <c>U(x) = log mean_(i≠j) exp(−2 |x_i − x_j|²)</c> in nats. One value;
/// negative once both spread well. The mean is taken as a logsumexp: of far points its plain logarithm is −∞. With a single pair there
/// is nothing to spread: U = 0. Shapes: user_emb (N, D), item_emb (N, D).
/// </remarks>
[Loss(
    Family.Ranking,
    Formula = @"\frac{1}{N}\sum_i \|u_i - v_i\|^2 + \frac{\gamma}{2}\big(U(u) + U(v)\big), \quad U(x) = \log \frac{\sum_{i \ne j} e^{-2\|x_i - x_j\|^2}}{N(N-1)}",
    Source = "Wang, Yu, Ma, Zhang, Chen, Liu and Ma 2022, Towards Representation Alignment and Uniformity in Collaborative Filtering, arXiv:2206.12811, eq. (5)"
)]
public sealed partial class DirectAULoss : TwoViewLoss
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static new IReadOnlyList<InputInfo> Inputs { get; } =
    [new("user_emb", "N D", Role.Embedding), new("item_emb", "N D", Role.Embedding)];

    /// <param name="gamma">The weight γ of the uniformity.</param>
    static Tensor Compute(Tensor user_emb, Tensor item_emb, [AtLeast(0)] double gamma = 1.0)
    {
        var (users, items) = Views(nameof(DirectAULoss), user_emb, item_emb);
        var (u, v) = (users.Unit(), items.Unit());
        var alignment = (u - v).square().sum(1).Reduce(Reduction.Mean);
        return alignment + (Uniformity(u) + Uniformity(v)) * (gamma / 2);
    }

    static Tensor Uniformity(Tensor x)
    {
        var n = x.shape[0];
        if (n < 2)
        {
            return x.sum() * 0;
        }

        var others = eye(n, dtype: ScalarType.Bool, device: x.device).logical_not();
        var kernel = (x.SquaredDistances(x) * -2).flatten().LogSumExp(others.flatten(), 0);
        return kernel.squeeze(0) - Math.Log((double)n * (n - 1));
    }
}
