namespace TorchLoss.Standard;

/// <summary>Negative log likelihood of a normal distribution: the model predicts a value and how uncertain it is.</summary>
/// <remarks>
/// Per element <c>ℓ = ½ (log v + (x − t)² / v)</c> (nats), with v the variance but at least ε, and with <c>full</c> also ½ log 2π.
/// The bound on the variance is straight-through: its gradient flows as if v had been predicted, so that a variance that
/// fell below ε can grow again. The variance has the shape of input, or one dimension of size 1, or lacks the last dimension,
/// or is a single number; the target has the shape of input or one that broadcasts to it.
/// </remarks>
[Loss(
    Family.Standard,
    Formula = @"\frac{1}{2}\Big(\log \max(v, \varepsilon) + \frac{(x - t)^2}{\max(v, \varepsilon)}\Big)",
    Source = "Nix and Weigend 1994, Estimating the Mean and Variance of the Target Probability Distribution, doi:10.1109/ICNN.1994.374138; PyTorch torch.nn.GaussianNLLLoss",
    Function = "gaussian_nll_loss",
    BuiltIn = "GaussianNLLLoss"
)]
public sealed partial class GaussianNLLLoss : LossModule3
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [new("input", "N *", Role.Prediction), new("target", "N *", Role.Target), new("var", "N *", Role.Positive)];

    /// <param name="input">The predicted values.</param>
    /// <param name="target">The true values.</param>
    /// <param name="var">The predicted variances; on the CPU a negative one is refused.</param>
    /// <param name="full">Whether the constant ½ log 2π is added.</param>
    /// <param name="eps">Lower bound ε of the variance.</param>
    /// <param name="reduction">None keeps the single losses, Mean averages them (NaN where there are none), Sum adds them up.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        Tensor var,
        bool full = false,
        [Positive] double eps = 1e-6,
        Reduction reduction = Reduction.Mean
    )
    {
        InputCheck.Floating(input, nameof(GaussianNLLLoss));
        InputCheck.Floating(var, nameof(GaussianNLLLoss));
        InputCheck.BroadcastsTo(target, input, nameof(GaussianNLLLoss));
        var variance = Bounded(Fitting(var, input).Upcast(), eps);
        var error = input.Upcast() - target.Like(input).Upcast();
        var losses = (variance.log() + error.square() / variance) * 0.5;
        return (full ? losses + 0.5 * Math.Log(2 * Math.PI) : losses).Fold(reduction);
    }

    /// <summary>The variances in a shape that broadcasts to input.</summary>
    static Tensor Fitting(Tensor var, Tensor input)
    {
        InputCheck.SameDevice(var, input, nameof(GaussianNLLLoss));
        var (own, wanted) = (var.shape, input.shape);
        if (own.Length == wanted.Length - 1 && own.AsSpan().SequenceEqual(wanted.AsSpan()[..^1]))
        {
            return var.unsqueeze(-1);
        }

        var fits =
            own.Length == 0
            || (own.Length == wanted.Length && own.Zip(wanted).All(s => s.First == s.Second || s.First == 1));
        return fits
            ? var
            : throw new ArgumentException(
                $"GaussianNLLLoss: var must have the shape of input, or sizes of 1, or lack its last dimension, got {var.Shape} and {input.Shape}.",
                nameof(var)
            );
    }

    /// <summary>The bound is set inside a copy and out of sight of autograd, which makes it straight-through.</summary>
    static Tensor Bounded(Tensor var, double eps)
    {
        RefuseNegative(var);
        var bounded = var.clone();
        using (no_grad())
        {
            bounded.clamp_(eps);
        }

        return bounded;
    }

    static void RefuseNegative(Tensor var)
    {
        if (var.device_type is not DeviceType.CPU || var.numel() == 0)
        {
            return;
        }

        var smallest = var.detach().min().to(ScalarType.Float64).item<double>();
        if (smallest < 0)
        {
            throw new ArgumentException($"GaussianNLLLoss: var must not be negative, got {smallest}.", nameof(var));
        }
    }
}
