namespace TorchLoss;

/// <summary>Piecewise constant hazards: continuous times with one rate for each interval, so that where in it the event fell counts.</summary>
/// <remarks>
/// Per subject <c>ℓ = −e log h_t + f h_t + Σ_(k &lt; t) h_k</c> (nats) with the hazards h = softplus(φ), each per length of its interval, t the
/// interval in which the subject left and f the part of it that was over. A density may exceed 1, so the loss may be
/// negative. Subjects of interval −1 are dropped, also from the losses that None keeps. For an output below −30, h rounds to e^φ, whose logarithm is φ.
/// </remarks>
[Loss(
    Family.Survival,
    Formula = @"-e \log h_t + f h_t + \sum_{k < t} h_k, \quad h = \mathrm{softplus}(\varphi)",
    Source = "Kvamme and Borgan 2019, Continuous and Discrete-Time Survival Prediction with Neural Networks, arXiv:1910.06724, section 4.2; pycox nll_pc_hazard_loss",
    Function = "pc_hazard_loss"
)]
public sealed partial class PCHazardLoss : LossModule4
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("phi", "B T", Role.Logits),
        new("idx_durations", "B", Role.ClassIndex),
        new("events", "B", Role.Event),
        new("interval_frac", "B", Role.BinaryTarget),
    ];

    /// <param name="phi">One output for each interval (B, T).</param>
    /// <param name="idx_durations">The interval of the event or of censoring (B); −1 drops the subject.</param>
    /// <param name="events">True where the event happened, false where censored (B).</param>
    /// <param name="interval_frac">The part of that interval that was over, in [0, 1], (B).</param>
    /// <param name="reduction">None keeps one loss a subject, Mean averages them, Sum adds them up.</param>
    static Tensor Compute(
        Tensor phi,
        Tensor idx_durations,
        Tensor events,
        Tensor interval_frac,
        Reduction reduction = Reduction.Mean
    )
    {
        var (outputs, happened) = Check(phi, idx_durations, events, interval_frac);
        var kept = idx_durations.ge(0);
        var index = idx_durations.clamp_min(0).unsqueeze(1);
        var own = outputs.gather(1, index).squeeze(1);
        var hazard = outputs.Softplus();
        var before = arange(phi.shape[1], device: phi.device).lt(index);
        var passed = where(before, hazard, zeros_like(hazard)).sum(dim: 1);
        var here = hazard.gather(1, index).squeeze(1) * interval_frac.to(outputs.dtype);
        var losses = passed + here - where(happened, LogSoftplus(own), zeros_like(own));
        return reduction switch
        {
            Reduction.None => losses.index_select(0, kept.nonzero().squeeze(1)),
            _ => losses.Reduce(reduction, kept),
        };
    }

    static Tensor LogSoftplus(Tensor x) => where(x.lt(-30), x, x.clamp_min(-30).Softplus().log());

    static (Tensor Phi, Tensor Happened) Check(Tensor phi, Tensor idx_durations, Tensor events, Tensor interval_frac)
    {
        const string loss = nameof(PCHazardLoss);
        InputCheck.Dimensions(phi, 2, "(B, T)", loss);
        var read = DiscreteSurvivalLoss.Read(loss, phi, idx_durations, events, phi.shape[1], null, ignored: -1);
        InputCheck.Floating(interval_frac, loss);
        InputCheck.SameShape(interval_frac, idx_durations, loss);
        InputCheck.SameDevice(interval_frac, phi, loss);
        InputCheck.Probabilities(interval_frac, loss);
        return read;
    }
}
