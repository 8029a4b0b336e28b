namespace TorchLoss;

/// <summary>Cox partial likelihood with sampled controls: each case against a few of those still at risk, for batches of any size.</summary>
/// <remarks>
/// <c>ℓ = mean_i log(1 + Σ_c e^(g_ci − g_i))</c> (nats) with g_i the log hazard of case i and g_ci those of its C controls, drawn by the
/// caller from the risk set of i; plus shrink times the mean size of all g. It is the softmax cross entropy of a case
/// among its controls, added up in logarithms. No case gives 0.
/// </remarks>
[Loss(
    Family.Survival,
    Formula = @"\frac{1}{B} \sum_i \log\left( 1 + \sum_c e^{g_{ci} - g_i} \right) + s \left( \tfrac{1}{C} \overline{|g_i|} + \overline{|g_{ci}|} \right)",
    Source = "Kvamme, Borgan and Scheel 2019, Time-to-Event Prediction with Neural Networks and Cox Regression, arXiv:1907.00825, eq. (9); pycox cox_cc_loss",
    Function = "cox_cc_loss"
)]
public sealed partial class CoxCCLoss : LossModule2
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [new("g_case", "B", Role.Prediction), new("g_control", "C B", Role.Prediction)];

    /// <param name="g_case">Log hazards of the cases (B).</param>
    /// <param name="g_control">Log hazards of each case's controls (C, B).</param>
    /// <param name="shrink">Weight of the size of the log hazards, which keeps them near 0.</param>
    static Tensor Compute(Tensor g_case, Tensor g_control, [AtLeast(0)] double shrink = 0.0)
    {
        Check(g_case, g_control);
        var own = g_case.Upcast();
        var controls = g_control.to(own.dtype);
        var ahead = cat([zeros_like(own).detach().unsqueeze(0), controls - own], 0);
        var loss = ahead.logsumexp(0).Reduce(Reduction.Mean);
        if (shrink == 0)
        {
            return loss;
        }

        var size = own.abs().Reduce(Reduction.Mean) / controls.shape[0] + controls.abs().Reduce(Reduction.Mean);
        return loss + size * shrink;
    }

    static void Check(Tensor g_case, Tensor g_control)
    {
        const string loss = nameof(CoxCCLoss);
        InputCheck.Floating(g_case, loss);
        InputCheck.Dimensions(g_case, 1, "(B)", loss);
        InputCheck.Floating(g_control, loss);
        InputCheck.SameDevice(g_control, g_case, loss);
        if (g_control.dim() != 2 || g_control.shape[0] == 0 || g_control.shape[1] != g_case.shape[0])
        {
            throw new ArgumentException(
                $"{loss}: g_control must be (C, B) with B of g_case and at least one control, got {g_control.Shape} and {g_case.Shape}.",
                nameof(g_control)
            );
        }
    }
}
