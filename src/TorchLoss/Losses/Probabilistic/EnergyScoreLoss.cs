namespace TorchLoss;

/// <summary>Energy score: the CRPS of an ensemble of vectors, so that members must also agree with how coordinates go together.</summary>
/// <remarks>
/// Per sample <c>ℓ = mean_m ‖x_m − y‖^β − ½ mean_(m, m') ‖x_m − x_m'‖^β</c> with Euclidean norms, in units of the target to the β.
/// With D = 1 and β = 1 it is <see cref="CRPSEnsembleLoss"/>. The gradient of the distance of two equal vectors is taken as 0.
/// Needs memory for M² D numbers a sample.
/// </remarks>
[Loss(
    Family.Probabilistic,
    Formula = @"\frac{1}{M} \sum_m \lVert x_m - y \rVert^{\beta} - \frac{1}{2 M^2} \sum_{m, m'} \lVert x_m - x_{m'} \rVert^{\beta}",
    Source = "Gneiting and Raftery 2007, Strictly Proper Scoring Rules, doi:10.1198/016214506000001437, eq. (22)"
)]
public sealed partial class EnergyScoreLoss : EnsembleLoss
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } = VectorEnsembles.Inputs;

    /// <param name="input">The members (*, M, D).</param>
    /// <param name="target">What happened (*, D).</param>
    /// <param name="beta">Power β of the distances, below 2.</param>
    /// <param name="estimator">How the spread is estimated.</param>
    /// <param name="alpha">Share of the fair estimator in almost_fair.</param>
    /// <param name="reduction">None keeps the samples' losses (*), Mean averages them, Sum adds them up.</param>
    /// <param name="sample_weight">Weight of each sample, broadcast to (*). Mean divides by the sum of the weights.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        [Between(0, 2, LowOpen = true, HighOpen = true)] double beta = 1.0,
        EnsembleEstimator estimator = EnsembleEstimator.Nrg,
        [Between(0, 1)] double alpha = 0.95,
        Reduction reduction = Reduction.Mean,
        [Input] Tensor? sample_weight = null
    )
    {
        VectorEnsembles.Check(nameof(EnergyScoreLoss), input, target, sample_weight);
        var members = input.Upcast();
        var error = Distance(members - target.unsqueeze(-2), beta).mean([-1]);
        var spread = Distance(members.unsqueeze(-2) - members.unsqueeze(-3), beta).sum([-1, -2]);
        var weight = Weight(input.shape[^2], estimator, alpha, nameof(EnergyScoreLoss));
        return (error - spread * (0.5 * weight)).Reduce(reduction, sample_weight);
    }

    static Tensor Distance(Tensor difference, double beta) => difference.square().sum(-1).SafePow(beta / 2);
}
