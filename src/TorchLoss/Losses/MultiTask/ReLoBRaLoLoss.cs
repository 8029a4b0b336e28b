namespace TorchLoss;

/// <summary>ReLoBRaLo: tasks that have improved less, since the last step and since some random look back to the start, weigh more.</summary>
/// <remarks>
/// <c>Σ_k λ_k L_k</c> with <c>λ = ρ α λ_prev + (1 − ρ) α λ⁰ + (1 − α) λ¹</c>, where λ⁰ and λ¹ are <c>K softmax(L / (T · L_past + 1e-12))</c>
/// against the initial losses and those of the step before, and ρ is 1 most of the time, 0 now and then. The weights get no
/// gradient. Call <see cref="Step"/> after each step with the same ρ, and draw it with <see cref="Draw"/>. What is remembered is
/// kept in buffers, so that state_dict saves and restores it; before the first step all weights are equal.
/// </remarks>
[Loss(
    Family.MultiTask,
    Formula = @"\sum_k \lambda_k L_k, \quad \lambda = \alpha\big(\rho \lambda(t-1) + (1-\rho)\lambda^{(t;0)}\big) + (1-\alpha)\lambda^{(t;t-1)}",
    Source = "Bischof and Kraus 2021, Multi-Objective Loss Balancing for Physics-Informed Deep Learning, arXiv:2110.09813, eq. (9)",
    Function = "relobralo_loss"
)]
public sealed partial class ReLoBRaLoLoss : LossModule2
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [new("losses", "K", Role.Positive), new("rho", "", Role.BinaryTarget)];

    /// <summary>Draws ρ: 1, or with a small probability 0, from torch's random generator.</summary>
    /// <param name="mean">The probability of 1.</param>
    public static Tensor Draw(double mean = 0.999) => rand(1).lt(mean).to(float32).squeeze();

    /// <summary>Remembers a step: its losses, its weights and, if it was the first, its losses as the initial ones.</summary>
    /// <param name="losses">The losses of the step, (num_tasks).</param>
    /// <param name="rho">The ρ that the step was weighed with.</param>
    public void Step(Tensor losses, Tensor rho)
    {
        const string loss = nameof(ReLoBRaLoLoss);
        InputCheck.Live(losses, loss, nameof(losses));
        InputCheck.Live(rho, loss, nameof(rho));
        using var scope = NewDisposeScope();
        prev_lambdas.Remember(Weights(losses, rho, prev_losses, initial_losses, prev_lambdas, alpha, temperature));
        initial_losses.Remember(
            where(initial_losses.isnan(), losses.detach().to(initial_losses.dtype), initial_losses)
        );
        prev_losses.Remember(losses);
    }

    /// <param name="rho">ρ, one number: 1 to go on from the weights before, 0 to look back to the start.</param>
    /// <param name="prev_losses">The losses of the step before; NaN where there is none yet.</param>
    /// <param name="initial_losses">The losses of the first step; NaN where there is none yet.</param>
    /// <param name="prev_lambdas">The weights of the step before.</param>
    /// <param name="alpha">How much of the weights is carried over, α.</param>
    /// <param name="temperature">Temperature T: the larger, the more equal the weights.</param>
    static Tensor Compute(
        Tensor losses,
        Tensor rho,
        [State("num_tasks")] Tensor prev_losses,
        [State("num_tasks")] Tensor initial_losses,
        [State("num_tasks", Initial = Initial.Ones)] Tensor prev_lambdas,
        [Between(0, 1)] double alpha = 0.999,
        [Alias("T"), Positive] double temperature = 1.0
    ) => losses.Upcast().WeighedBy(Weights(losses, rho, prev_losses, initial_losses, prev_lambdas, alpha, temperature));

    static Tensor Weights(
        Tensor losses,
        Tensor rho,
        Tensor prev_losses,
        Tensor initial_losses,
        Tensor prev_lambdas,
        double alpha,
        double temperature
    )
    {
        const string loss = nameof(ReLoBRaLoLoss);
        losses.CheckTasks(loss);
        InputCheck.Dimensions(rho, 0, "one number, ()", loss);
        InputCheck.SameDevice(rho, losses, loss);
        var now = losses.detach().Upcast();
        var carried = losses.Recall(prev_lambdas, loss, nameof(prev_lambdas));
        var keep = rho.detach().to(now.dtype);
        Tensor Since(Tensor state, string name) =>
            (now / (losses.Recall(state, loss, name) * temperature + 1e-12)).nan_to_num(1 / temperature).Shares();
        var start = Since(initial_losses, nameof(initial_losses));
        var last = Since(prev_losses, nameof(prev_losses));
        return (keep * carried + (1 - keep) * start) * alpha + last * (1 - alpha);
    }

    partial void Created()
    {
        prev_losses.Forget();
        initial_losses.Forget();
    }
}
