namespace TorchLoss;

/// <summary>Interval score: a predicted interval should be narrow, and still hold what comes in 1 − α of all cases.</summary>
/// <remarks>
/// Per element <c>ℓ = (u − l) + 2/α · max(l − y, 0) + 2/α · max(y − u, 0)</c>, in units of the target y. It is smallest on average
/// where l and u are the α/2 and 1 − α/2 quantiles: 2/α times the sum of their pinball losses. Crossed bounds are not
/// refused; both misses cost then.
/// </remarks>
[Loss(
    Family.Probabilistic,
    Formula = @"(u - l) + \tfrac{2}{\alpha} (l - y)_+ + \tfrac{2}{\alpha} (y - u)_+",
    Source = "Winkler 1972, A Decision-Theoretic Approach to Interval Estimation; Gneiting and Raftery 2007, Strictly Proper Scoring Rules, doi:10.1198/016214506000001437, eq. (43)",
    Aliases = "WinklerScoreLoss"
)]
public sealed partial class IntervalScoreLoss : LossModule3
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("lower", "*", Role.Prediction),
        new("upper", "*", Role.Prediction),
        new("target", "*", Role.Target),
        new("sample_weight", "*", Role.Weight) { Optional = true },
    ];

    /// <param name="lower">The predicted lower bounds l, any shape.</param>
    /// <param name="upper">The predicted upper bounds u, the shape of lower.</param>
    /// <param name="target">What came, the shape of lower.</param>
    /// <param name="alpha">Share α of cases that may fall outside: 0.1 is a 90 % interval.</param>
    /// <param name="reduction">None keeps the single losses, Mean averages them, Sum adds them up.</param>
    /// <param name="sample_weight">Weight of each element, broadcast to the losses. Mean divides by the sum of the weights.</param>
    static Tensor Compute(
        Tensor lower,
        Tensor upper,
        Tensor target,
        [Between(0, 1, LowOpen = true, HighOpen = true)] double alpha = 0.1,
        Reduction reduction = Reduction.Mean,
        [Input] Tensor? sample_weight = null
    )
    {
        InputCheck.BroadcastsTo(sample_weight, lower, nameof(IntervalScoreLoss));
        return Losses(nameof(IntervalScoreLoss), lower, upper, target, alpha).Reduce(reduction, sample_weight);
    }

    /// <summary>The losses of checked bounds.</summary>
    internal static Tensor Losses(string loss, Tensor lower, Tensor upper, Tensor target, double alpha)
    {
        InputCheck.Floating(lower, loss);
        InputCheck.Like(upper, lower, loss);
        InputCheck.SameShape(target, lower, loss);
        InputCheck.SameDevice(target, lower, loss);
        var (l, u) = (lower.Upcast(), upper.Upcast());
        return u - l + ((l - target).relu() + (target - u).relu()) * (2 / alpha);
    }
}
