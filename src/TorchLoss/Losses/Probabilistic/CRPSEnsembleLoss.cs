namespace TorchLoss;

/// <summary>CRPS of an ensemble: its members should be near what happens, and as far from each other as they are wrong.</summary>
/// <remarks>
/// Per sample <c>ℓ = mean_m |x_m − y| − ½ mean_(m, m') |x_m − x_m'|</c>, in units of the target; a single member gives the absolute
/// error. The spread over all pairs comes from the sorted members, in M log M; of equal members one is taken for the larger.
/// nrg favours too little spread for few members, fair does not, but is blind to where one of two members is.
/// </remarks>
[Loss(
    Family.Probabilistic,
    Formula = @"\frac{1}{M} \sum_m |x_m - y| - \frac{1}{2 M^2} \sum_{m, m'} |x_m - x_{m'}|",
    Source = "Gneiting and Raftery 2007, Strictly Proper Scoring Rules, doi:10.1198/016214506000001437, eq. (21); fair: Ferro 2014, doi:10.1002/qj.2270; almost fair: Lang et al. 2024, AIFS-CRPS, arXiv:2412.15832, eq. (4)",
    Function = "crps_ensemble_loss"
)]
public sealed partial class CRPSEnsembleLoss : EnsembleLoss
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("input", "B * M", Role.Prediction),
        new("target", "B *", Role.Target),
        new("sample_weight", "B *", Role.Weight) { Optional = true },
    ];

    /// <param name="input">The members (*, M).</param>
    /// <param name="target">What happened (*).</param>
    /// <param name="estimator">How the spread is estimated.</param>
    /// <param name="alpha">Share of the fair estimator in almost_fair.</param>
    /// <param name="reduction">None keeps the samples' losses (*), Mean averages them, Sum adds them up.</param>
    /// <param name="sample_weight">Weight of each sample, broadcast to (*). Mean divides by the sum of the weights.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        EnsembleEstimator estimator = EnsembleEstimator.Nrg,
        [Between(0, 1)] double alpha = 0.95,
        Reduction reduction = Reduction.Mean,
        [Input] Tensor? sample_weight = null
    )
    {
        Check(input, target, sample_weight);
        var members = input.Upcast();
        var weight = Weight(input.shape[^1], estimator, alpha, nameof(CRPSEnsembleLoss));
        var error = (members - target.unsqueeze(-1)).abs().mean([-1]);
        return (error - HalfSpread(members) * weight).Reduce(reduction, sample_weight);
    }

    /// <summary>Half the sum of |x − x'| over all pairs: the k-th smallest is the larger one of k pairs and the smaller one of the rest.</summary>
    static Tensor HalfSpread(Tensor members)
    {
        // far from 0 the sum of positive and negative terms would lose the digits of the differences
        var near = members - members.detach().mean([-1], keepdim: true);
        var (sorted, _) = near.sort(-1, stable: true);
        var count = members.shape[^1];
        var rank = arange(count, dtype: members.dtype, device: members.device);
        return (sorted * (2 * rank - (count - 1))).sum(-1);
    }

    static void Check(Tensor input, Tensor target, Tensor? sample_weight)
    {
        const string loss = nameof(CRPSEnsembleLoss);
        InputCheck.Floating(input, loss);
        InputCheck.SameDevice(target, input, loss);
        if (
            input.dim() == 0
            || input.shape[^1] == 0
            || !target.shape.AsSpan().SequenceEqual(input.shape.AsSpan()[..^1])
        )
        {
            throw new ArgumentException(
                $"{loss}: input (*, M) and target (*) expected, got {input.Shape} and {target.Shape}.",
                nameof(input)
            );
        }

        InputCheck.BroadcastsTo(sample_weight, target, loss);
    }
}
