namespace TorchLoss;

/// <summary>Likelihood of a Weibull distribution of times, with censoring: hazards that rise or fall as a power of time.</summary>
/// <remarks>
/// Per subject <c>ℓ = −e log h(t) + H(t)</c> (nats) with <c>log h = log k − log λ + (k − 1) log(t/λ)</c> and <c>H = (t/λ)^k</c>; log_params are
/// (log λ, log k), scale and shape, or log λ alone, which is k = 1: a constant hazard. t in the unit of λ, above 0 (checked on
/// the CPU). Powers are taken in logarithms. A density may exceed 1, so the loss may be negative.
/// </remarks>
[Loss(
    Family.Survival,
    Formula = @"-e \left( \log \tfrac{k}{\lambda} + (k - 1) \log \tfrac{t}{\lambda} \right) + \left( \tfrac{t}{\lambda} \right)^k",
    Source = "Carroll 2003, On the Use and Utility of the Weibull Model in the Analysis of Survival Data, doi:10.1016/S0197-2456(03)00072-2; torchsurv"
)]
public sealed partial class WeibullNLLLoss : LossModule3
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("log_params", "N 2", Role.Prediction),
        new("events", "N", Role.Event),
        new("time", "N", Role.Duration),
        new("sample_weight", "N", Role.Weight) { Optional = true },
    ];

    /// <param name="log_params">log λ and log k of each subject (N, 2), or log λ alone (N, 1).</param>
    /// <param name="events">True where the event happened, false where censored (N).</param>
    /// <param name="time">The times (N), above 0.</param>
    /// <param name="reduction">None keeps one loss a subject, Mean averages them, Sum adds them up.</param>
    /// <param name="sample_weight">Weight of each subject (N). Mean divides by the sum of the weights.</param>
    static Tensor Compute(
        Tensor log_params,
        Tensor events,
        Tensor time,
        Reduction reduction = Reduction.Mean,
        [Input] Tensor? sample_weight = null
    )
    {
        Check(log_params, events, time, sample_weight);
        var parameters = log_params.Upcast();
        var log_scale = parameters.select(1, 0);
        var log_shape = log_params.shape[1] == 2 ? parameters.select(1, 1) : zeros_like(log_scale);
        var shape = log_shape.exp();
        var ratio = time.to(parameters.dtype).log() - log_scale;
        var log_hazard = log_shape - log_scale + (shape - 1) * ratio;
        var losses = (shape * ratio).exp() - where(events.ne(0), log_hazard, zeros_like(log_hazard));
        return losses.Reduce(reduction, sample_weight);
    }

    static void Check(Tensor log_params, Tensor events, Tensor time, Tensor? sample_weight)
    {
        const string loss = nameof(WeibullNLLLoss);
        InputCheck.Floating(log_params, loss);
        if (log_params.dim() != 2 || log_params.shape[1] is not (1 or 2))
        {
            throw new ArgumentException(
                $"{loss}: log_params must be (N, 2), log scale and log shape, or (N, 1), got {log_params.Shape}.",
                nameof(log_params)
            );
        }

        InputCheck.Dimensions(time, 1, "(N)", loss);
        InputCheck.Size(time, 0, log_params.shape[0], "the subjects of log_params", loss);
        InputCheck.SameDevice(time, log_params, loss);
        InputCheck.SameShape(events, time, loss);
        InputCheck.SameDevice(events, log_params, loss);
        InputCheck.Above(time, 0, loss);
        InputCheck.BroadcastsTo(sample_weight, time, loss);
    }
}
