namespace TorchLoss;

/// <summary>A loss of a forecast relative to how well the naive forecast does on the known past of each series.</summary>
/// <param name="reduction">How single losses become one value.</param>
public abstract class ScaledForecastLoss(Reduction reduction = Reduction.Mean) : LossModule3(reduction)
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("input", "B H", Role.Prediction),
        new("target", "B H", Role.Target),
        new("insample", "B L", Role.Target),
        new("mask", "B H", Role.Mask) { Optional = true },
    ];

    /// <summary>Refuses everything but (B, H) forecasts and targets, (B, L) pasts longer than a season, and masks that fit.</summary>
    internal static void Check(
        Tensor input,
        Tensor target,
        Tensor insample,
        long seasonality,
        Tensor? mask,
        string loss,
        string name = "input"
    )
    {
        InputCheck.Floating(input, loss, name);
        InputCheck.Dimensions(input, 2, "(B, H)", loss, name);
        InputCheck.SameShape(target, input, loss, expectedName: name);
        InputCheck.SameDevice(target, input, loss, expectedName: name);
        InputCheck.Dimensions(insample, 2, "(B, L)", loss);
        InputCheck.Size(insample, 0, input.shape[0], $"as in {name}", loss);
        InputCheck.SameDevice(insample, input, loss, expectedName: name);
        InputCheck.BroadcastsTo(mask, input, loss);
        if (insample.shape[1] <= seasonality)
        {
            throw new ArgumentException(
                $"{loss}: insample (B, L) must be longer than the season of {seasonality}, got {insample.Shape}.",
                nameof(insample)
            );
        }
    }

    /// <summary>What each step of the past differs by from the same step of the season before, (B, L − m).</summary>
    internal static Tensor NaiveErrors(Tensor insample, long seasonality)
    {
        var past = insample.Upcast();
        var steps = past.shape[1] - seasonality;
        return past.narrow(1, seasonality, steps) - past.narrow(1, 0, steps);
    }
}
