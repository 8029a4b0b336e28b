namespace TorchLoss;

/// <summary>Wasserstein distance of two sets of as many numbers: the way from one to the other in the order of their size.</summary>
/// <remarks>
/// Per row <c>ℓ = mean_i |x_(i) − y_(i)|^p</c> of the sorted numbers, in their units to the p, or its p-th root. Exact: on a line, matching
/// by rank is the best transport. For histograms see <see cref="CDFWassersteinLoss"/>.
/// </remarks>
[Loss(
    Family.Transport,
    Formula = @"\frac{1}{N} \sum_i \left| x_{(i)} - y_{(i)} \right|^p",
    Source = "Vallender 1974, Calculation of the Wasserstein Distance between Probability Distributions on the Line, doi:10.1137/1118101",
    Function = "wasserstein_1d_loss"
)]
public sealed partial class Wasserstein1DLoss : LossModule2
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("input", "B * N", Role.Prediction),
        new("target", "B * N", Role.Target),
        new("sample_weight", "B *", Role.Weight) { Optional = true },
    ];

    /// <param name="input">The numbers of one set, (*, N).</param>
    /// <param name="target">Those of the other, the shape of input.</param>
    /// <param name="p">Power of the differences.</param>
    /// <param name="root">Takes the p-th root of each row's mean; its gradient at 0 is taken as 0.</param>
    /// <param name="reduction">None keeps one loss a row (*), Mean averages them, Sum adds them up.</param>
    /// <param name="sample_weight">Weight of each row, broadcast to (*). Mean divides by the sum of the weights.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        [AtLeast(1)] double p = 1,
        bool root = false,
        Reduction reduction = Reduction.Mean,
        [Input] Tensor? sample_weight = null
    )
    {
        const string loss = nameof(Wasserstein1DLoss);
        InputCheck.Floating(input, loss);
        InputCheck.SameShape(target, input, loss);
        InputCheck.SameDevice(target, input, loss);
        if (input.dim() == 0 || input.shape[^1] == 0)
        {
            throw new ArgumentException($"{loss}: input must be (*, N) with N > 0, got {input.Shape}.", nameof(input));
        }

        var own = input.Upcast();
        var losses = Losses(own, target.to(own.dtype), p);
        InputCheck.BroadcastsTo(sample_weight, losses, loss);
        return (root ? losses.SafePow(1 / p) : losses).Reduce(reduction, sample_weight);
    }

    /// <summary>The mean power of the differences of equal ranks, over the last dimension.</summary>
    internal static Tensor Losses(Tensor x, Tensor y, double p) =>
        (x.sort(-1, stable: true).Values - y.sort(-1, stable: true).Values).abs().SafePow(p).mean([-1]);
}
