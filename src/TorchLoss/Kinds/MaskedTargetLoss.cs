namespace TorchLoss;

/// <summary>A loss of forecasts whose missing targets are marked by a value: they count nowhere and get no gradient.</summary>
public abstract class MaskedTargetLoss : LossModule2
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [new("input", "*", Role.Prediction), new("target", "*", Role.Target)];

    /// <summary>Checks and averages a formula of errors and targets over the targets that are there; 0 if none is.</summary>
    private protected static Tensor Evaluate(
        string loss,
        Tensor input,
        Tensor target,
        double? null_val,
        Func<Tensor, Tensor, Tensor> formula
    )
    {
        InputCheck.Floating(input, loss);
        InputCheck.SameShape(target, input, loss);
        InputCheck.SameDevice(target, input, loss);
        var there = target.isnan().logical_not();
        there = null_val is { } missing && !double.IsNaN(missing) ? there.logical_and(target.ne(missing)) : there;

        // NaN, or an error over 0, behind a mask would still be NaN in the gradient: it is replaced before anything is computed
        var own = input.Upcast();
        var y = where(there, target.to(own.dtype), ones_like(own));
        var losses = formula(where(there, own - y, zeros_like(own)), y);
        return losses.sum().SafeDivide(there.sum().to(own.dtype));
    }
}
