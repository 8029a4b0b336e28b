namespace TorchLoss;

/// <summary>Soft-DTW: compares time series by their shape, whichever runs faster where, and smoothly enough to train on.</summary>
/// <remarks>
/// Per pair of series <c>ℓ = min^γ over all monotone alignments of Σ |x_i − y_j|²</c>, in units of the series squared, with
/// <c>min^γ a = −γ log Σ exp(−a/γ)</c>: for γ → 0 the classical DTW. It counts all alignments, so it may be negative, and is not
/// least for equal series; normalize gives the divergence <c>ℓ(x, y) − (ℓ(x, x) + ℓ(y, y))/2</c>, which is 0 there.
/// Shapes: input (N, P, D), target (N, Q, D) → one value, or one loss per pair. Costs are sums of squared differences:
/// |x|² + |y|² − 2xy loses the digits of points that are close. On the CPU the recursion runs in double whatever the dtype.
/// </remarks>
[Loss(
    Family.Forecasting,
    Formula = @"-\gamma \log \sum_{A} e^{-\langle A, \Delta(x, y) \rangle / \gamma}",
    Source = "Cuturi and Blondel 2017, Soft-DTW, arXiv:1703.01541, eq. (1); divergence: Blondel, Mensch and Vert 2021, arXiv:2010.08354, eq. (9)",
    Function = "soft_dtw_loss",
    Aliases = "SoftDTW"
)]
public sealed partial class SoftDTWLoss : LossModule2
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [new("input", "N P D", Role.Prediction), new("target", "N Q D", Role.Target)];

    /// <param name="gamma">How soft the minimum over alignments is, in units of the series squared.</param>
    /// <param name="normalize">Gives the divergence: 0 for equal series, and never negative.</param>
    /// <param name="bandwidth">How many steps an alignment may be off the diagonal; null or 0: any number.</param>
    /// <param name="reduction">None keeps one loss per pair of series, Mean averages them, Sum adds them up.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        [Positive] double gamma = 1.0,
        bool normalize = false,
        [AtLeast(0)] long? bandwidth = null,
        Reduction reduction = Reduction.Mean
    )
    {
        Check(input, target, bandwidth);
        var x = input.Upcast();
        var y = target.to(x.dtype);
        var width = bandwidth is > 0 and { } steps ? steps : Math.Max(x.shape[1], y.shape[1]);
        Tensor Alignment(Tensor a, Tensor b) => SoftAlignment.Evaluate(a, b, gamma, width);
        var losses = Alignment(x, y);
        return (normalize ? losses - (Alignment(x, x) + Alignment(y, y)) / 2 : losses).Reduce(reduction);
    }

    static void Check(Tensor input, Tensor target, long? bandwidth)
    {
        const string Loss = nameof(SoftDTWLoss);
        InputCheck.Floating(input, Loss);
        InputCheck.Floating(target, Loss);
        InputCheck.SameDevice(target, input, Loss);
        InputCheck.Dimensions(input, 3, "(N, P, D)", Loss);
        InputCheck.Dimensions(target, 3, "(N, Q, D)", Loss);
        if (input.shape[0] != target.shape[0] || input.shape[2] != target.shape[2])
        {
            throw new ArgumentException(
                $"{Loss}: input (N, P, D) and target (N, Q, D) must agree in N and D, got {input.Shape} and {target.Shape}.",
                nameof(target)
            );
        }

        if (input.shape[1] == 0 || target.shape[1] == 0)
        {
            throw new ArgumentException(
                $"{Loss}: series must have a step at least, got {input.Shape} and {target.Shape}.",
                nameof(input)
            );
        }

        if (bandwidth > 0 && Math.Abs(input.shape[1] - target.shape[1]) > bandwidth)
        {
            throw new ArgumentException(
                $"{Loss}: series of {input.shape[1]} and {target.shape[1]} steps have no alignment within a bandwidth of {bandwidth}.",
                nameof(bandwidth)
            );
        }
    }
}
