namespace TorchLoss;

/// <summary>Group DRO: groups of samples that do badly get more and more weight, so that the worst group improves.</summary>
/// <remarks>
/// With the mean loss m_g of each group in the batch: <c>q_g ← q_g exp(η m_g)</c>, scaled to sum 1, without gradient, and the loss is
/// <c>Σ_g q_g m_g</c> with the new q. A group that is not in the batch counts as m_g = 0. Call <see cref="Step"/> after each step, which
/// keeps the new q in the buffer; it starts equal. Shapes: losses (N) of single samples, groups (N) int64 in [0, num_groups).
/// </remarks>
[Loss(
    Family.MultiTask,
    Formula = @"\sum_g q_g \overline{\ell}_g, \quad q_g \propto q_g^{\mathrm{old}}\, e^{\eta \overline{\ell}_g}",
    Source = "Sagawa, Koh, Hashimoto and Liang 2020, Distributionally Robust Neural Networks for Group Shifts, arXiv:1911.08731, algorithm 1",
    Function = "group_dro_loss"
)]
public sealed partial class GroupDROLoss : LossModule2
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [new("losses", "N", Role.Prediction), new("groups", "N", Role.ClassIndex)];

    /// <summary>Keeps the weights of a step.</summary>
    /// <param name="losses">The losses of the step's samples, (N).</param>
    /// <param name="groups">Their groups, (N).</param>
    public void Step(Tensor losses, Tensor groups)
    {
        InputCheck.Live(losses, nameof(GroupDROLoss), nameof(losses));
        InputCheck.Live(groups, nameof(GroupDROLoss), nameof(groups));
        using var scope = NewDisposeScope();
        q.Remember(Weights(Means(losses.detach(), groups, q), q, step_size));
    }

    /// <param name="q">The weight of each group after the last step.</param>
    /// <param name="step_size">How fast weights move, η.</param>
    static Tensor Compute(
        Tensor losses,
        Tensor groups,
        [State("num_groups", Initial = Initial.Ones)] Tensor q,
        [AtLeast(0)] double step_size = 0.01
    )
    {
        var means = Means(losses, groups, q);
        return means.WeighedBy(Weights(means.detach(), q, step_size));
    }

    static Tensor Means(Tensor losses, Tensor groups, Tensor q)
    {
        const string loss = nameof(GroupDROLoss);
        InputCheck.Floating(losses, loss);
        InputCheck.Dimensions(losses, 1, "(N)", loss);
        InputCheck.Indices(groups, loss);
        InputCheck.SameShape(groups, losses, loss);
        InputCheck.SameDevice(groups, losses, loss);
        InputCheck.Floating(q, loss);
        InputCheck.Dimensions(q, 1, "(num_groups)", loss);
        InputCheck.SameDevice(q, losses, loss);
        InputCheck.IndexRange(groups, q.shape[0], null, loss);
        var own = groups.unsqueeze(0).eq(arange(q.shape[0], dtype: ScalarType.Int64, device: q.device).unsqueeze(1));
        var members = own.to(losses.Upcast().dtype);
        return (members * losses.Upcast()).sum(1).SafeDivide(members.sum(1));
    }

    /// <remarks>Less the largest exponent: e^x is infinite from 89 on in float32.</remarks>
    static Tensor Weights(Tensor means, Tensor q, double step_size)
    {
        var exponent = means * step_size;
        var top = exponent.numel() == 0 ? exponent : exponent.max();
        var grown = q.detach().to(means.dtype).clamp_min(0) * (exponent - top).exp();
        return grown.SafeDivide(grown.sum());
    }

    partial void Created() => q.Remember(ones_like(q) / q.shape[0]);
}
