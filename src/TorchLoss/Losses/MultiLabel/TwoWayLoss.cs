namespace TorchLoss;

/// <summary>Two-way loss: for each sample its labels should score above all others, and for each label its samples above all others.</summary>
/// <remarks>
/// For each row, and each column, that has a positive: <c>ℓ = softplus(T_n log Σ_neg e^(x/T_n) + T_p log Σ_pos e^(−x/T_p))</c>, a soft maximum of negatives
/// less a soft minimum of positives; the mean over rows plus the mean over columns. Without negatives it is 0. No positive
/// at all gives 0.
/// </remarks>
[Loss(
    Family.MultiLabel,
    Formula = @"\overline{\mathrm{softplus}\left( T_n \log \sum_{n} e^{x_n / T_n} + T_p \log \sum_{p} e^{-x_p / T_p} \right)}",
    Source = "Kobayashi 2023, Two-Way Multi-Label Loss, CVPR, eq. (5) and (9)"
)]
public sealed partial class TwoWayLoss : LossModule2
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [new("input", "N C", Role.Logits), new("target", "N C", Role.BinaryTarget)];

    /// <param name="input">The scores (N, C).</param>
    /// <param name="target">Above 0 where the label is there (N, C).</param>
    /// <param name="t_p">Temperature of positives: the higher, the more of them count.</param>
    /// <param name="t_n">Temperature of negatives.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        [Alias("Tp"), Positive] double t_p = 4.0,
        [Alias("Tn"), Positive] double t_n = 1.0
    )
    {
        const string loss = nameof(TwoWayLoss);
        InputCheck.Floating(input, loss);
        InputCheck.Dimensions(input, 2, "(N, C)", loss);
        InputCheck.SameShape(target, input, loss);
        InputCheck.SameDevice(target, input, loss);
        var x = input.Upcast();
        if (x.numel() == 0)
        {
            return x.sum();
        }

        var positive = target.gt(0);
        return Along(x, positive, 0, t_p, t_n) + Along(x, positive, 1, t_p, t_n);
    }

    static Tensor Along(Tensor x, Tensor positive, int dim, double tp, double tn)
    {
        var highest = (x / tn).LogSumExp(positive.logical_not(), dim) * tn;
        var lowest = (x / -tp).LogSumExp(positive, dim) * tp;
        var counted = positive.any(dim, keepdim: true);
        var each = (highest + lowest).Softplus();
        return where(counted, each, zeros_like(each)).sum().SafeDivide(counted.sum().to(x.dtype));
    }
}
