using System.Runtime.CompilerServices;

// Losses with one deliberate fault each. They go through the same generator as the real ones, but are in no catalogue.
namespace TorchLoss.Tests.Planted;

/// <summary>Focal loss that focuses on what is right already: p where 1 − p belongs.</summary>
[Loss(Family.Classification, Formula = "p_t^γ BCE", Source = "planted: sign")]
public sealed partial class WrongSignLoss : PointwiseLoss
{
    /// <param name="alpha">As in focal loss.</param>
    /// <param name="gamma">As in focal loss.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static R Value<R>(R input, R target, double alpha = 0.25, double gamma = 2.0)
        where R : struct, IReal<R>
    {
        R.SigmoidSoftplus(input, out var p, out var q, out var softplus);
        var hit = q - target * (q - p);
        var focused = R.Pow(hit, gamma) * (softplus - target * input);
        return alpha < 0 ? focused : (target * (2 * alpha - 1) + (1 - alpha)) * focused;
    }
}

/// <summary>Focal loss whose logarithm has an eps inside.</summary>
[Loss(Family.Classification, Formula = "(1-p_t)^γ log(p_t + ε)", Source = "planted: eps")]
public sealed partial class WrongEpsLoss : PointwiseLoss
{
    /// <param name="alpha">As in focal loss.</param>
    /// <param name="gamma">As in focal loss.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static R Value<R>(R input, R target, double alpha = 0.25, double gamma = 2.0)
        where R : struct, IReal<R>
    {
        R.SigmoidSoftplus(input, out var p, out var q, out _);
        var miss = p + target * (q - p);
        var focused = -R.Pow(miss, gamma) * R.Log((R)1.0 - miss + 1e-6);
        return alpha < 0 ? focused : (target * (2 * alpha - 1) + (1 - alpha)) * focused;
    }
}

/// <summary>Margin ranking with the margin on the wrong side.</summary>
[Loss(Family.Ranking, Formula = "max(0, -y(a-b) - m)", Source = "planted: margin")]
public sealed partial class WrongMarginLoss : LossModule3
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [new("input1", "N", Role.Prediction), new("input2", "N", Role.Prediction), new("target", "N", Role.SignTarget)];

    /// <param name="margin">The margin.</param>
    /// <param name="reduction">The reduction.</param>
    static Tensor Compute(
        Tensor input1,
        Tensor input2,
        Tensor target,
        double margin = 0,
        Reduction reduction = Reduction.Mean
    )
    {
        var losses = (-target * (input1 - input2) - margin).clamp_min(0);
        return reduction switch
        {
            Reduction.None => losses,
            Reduction.Sum => losses.sum(),
            _ => losses.mean(),
        };
    }
}

/// <summary>A squared error whose first factor gives no gradient.</summary>
[Loss(Family.Regression, Formula = "e·detach(e)", Source = "planted: detach")]
public sealed partial class DetachedLoss : PointwiseLoss
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static R Value<R>(R input, R target)
        where R : struct, IReal<R>
    {
        var error = input - target;
        return error * R.Detach(error);
    }
}

/// <summary>Cross entropy as the logarithm of a sigmoid: infinite for a sure mistake.</summary>
[Loss(Family.Classification, Formula = "-log σ(x)", Source = "planted: overflow")]
public sealed partial class OverflowingLoss : PointwiseLoss
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static R Value<R>(R input, R target)
        where R : struct, IReal<R>
    {
        R.SigmoidSoftplus(input, out var p, out var q, out _);
        return -(target * R.Log(p) + ((R)1.0 - target) * R.Log(q));
    }
}

/// <summary>A loss that takes the first sample twice, divides its mean wrongly, rolls dice, and accepts any shape.</summary>
[Loss(Family.Regression, Formula = "?", Source = "planted: batch order, mean, dice, shapes, half precision")]
public sealed partial class CarelessLoss : LossModule2
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [new("input", "N D", Role.Prediction), new("target", "N D", Role.Target)];

    /// <param name="reduction">The reduction.</param>
    static Tensor Compute(Tensor input, Tensor target, Reduction reduction = Reduction.Mean)
    {
        var losses = (input - target).square() + rand([], dtype: input.dtype) * 1e-3;
        losses = losses + losses.narrow(0, 0, 1);
        return reduction switch
        {
            Reduction.None => losses,
            Reduction.Sum => losses.sum(),
            _ => losses.sum() / (losses.numel() + 1),
        };
    }
}
