namespace TorchLoss;

/// <summary>How <see cref="GradNormLoss"/> turns its learned scales into weights.</summary>
public enum GradNormWeights
{
    /// <summary>K softmax of the scales: always positive, and they sum to K.</summary>
    Softmax,

    /// <summary>The scales themselves (the paper), to be renormalised after each step.</summary>
    None,
}

/// <summary>GradNorm: learns task weights so that all tasks pull on the shared layer alike, slow learners somewhat harder.</summary>
/// <remarks>
/// <c>Σ_k |G_k − mean(G) r_k^α|</c> with <c>G_k = |w_k g_k|</c>, the norm of a task's weighted gradient, and its relative training rate
/// <c>r_k = (L_k / L_k(0)) / mean</c>; the second term is a constant for the gradient, and only the weights learn. It is a loss of its
/// own beside the weighted sum of tasks: <c>(losses * Weights).sum()</c> trains the model, this one trains loss_scale.
/// Shapes: grads (K, D), the gradients of the unweighted losses by the shared parameters; losses (K). Call <see cref="Start"/> with
/// the first losses; until then all rates are 1. With renormalize none call <see cref="Renormalize"/> after each optimizer step.
/// </remarks>
[Loss(
    Family.MultiTask,
    Formula = @"\sum_k \Big| \lVert w_k g_k \rVert - \overline{G}\, r_k^{\alpha} \Big|",
    Source = "Chen, Badrinarayanan, Lee and Rabinovich 2018, GradNorm, arXiv:1711.02257, eq. (2)",
    Function = "grad_norm_loss"
)]
public sealed partial class GradNormLoss : LossModule2
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [new("grads", "K D", Role.Target), new("losses", "K", Role.Weight)];

    /// <summary>The tasks' weights, (num_tasks), without gradient.</summary>
    public Tensor Weights => ToWeights(loss_scale, renormalize).detach();

    /// <summary>Remembers the losses that training starts with.</summary>
    /// <param name="losses">The loss of each task, (num_tasks).</param>
    public void Start(Tensor losses)
    {
        InputCheck.Live(losses, nameof(GradNormLoss), nameof(losses));
        InputCheck.SameShape(losses, initial_losses, nameof(GradNormLoss));
        initial_losses.Remember(losses);
    }

    /// <summary>Scales the weights so that they sum to the number of tasks again.</summary>
    public void Renormalize()
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        loss_scale.mul_(loss_scale.shape[0] / loss_scale.sum());
    }

    /// <param name="loss_scale">The learned scale of each task.</param>
    /// <param name="initial_losses">The losses that training started with; NaN where they are not known yet.</param>
    /// <param name="alpha">How much harder slow learners pull, α; 0 asks for equal gradients.</param>
    /// <param name="renormalize">How scales become weights.</param>
    static Tensor Compute(
        Tensor grads,
        Tensor losses,
        [Learned("num_tasks", Initial = Initial.Ones)] Tensor loss_scale,
        [State("num_tasks")] Tensor initial_losses,
        [AtLeast(0)] double alpha = 1.5,
        GradNormWeights renormalize = GradNormWeights.Softmax
    )
    {
        const string loss = nameof(GradNormLoss);
        InputCheck.Floating(grads, loss);
        InputCheck.Dimensions(grads, 2, "(num_tasks, D)", loss);
        losses.CheckTasks(loss);
        InputCheck.Size(grads, 0, losses.shape[0], "the number of losses", loss);
        InputCheck.SameDevice(grads, losses, loss);
        InputCheck.Like(loss_scale, losses, loss);
        var first = losses.Recall(initial_losses, loss, nameof(initial_losses));
        var progress = (losses.detach().Upcast() / first).nan_to_num(1, 1e30).clamp_min(0);
        var mean = progress.Reduce(Reduction.Mean);
        var rate = where(mean.eq(0), ones_like(progress), progress / where(mean.eq(0), ones_like(mean), mean));
        var norms = (ToWeights(loss_scale.Upcast(), renormalize).unsqueeze(1) * grads.detach().Upcast())
            .Norm(2, 1)
            .squeeze(1);
        var goal = norms.Reduce(Reduction.Mean) * rate.pow(alpha);
        return (norms - goal.detach()).abs().sum();
    }

    static Tensor ToWeights(Tensor scale, GradNormWeights renormalize) =>
        renormalize is GradNormWeights.Softmax ? scale.Shares() : scale;

    partial void Created() => initial_losses.Forget();
}
