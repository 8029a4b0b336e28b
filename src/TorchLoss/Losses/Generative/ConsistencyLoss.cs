using TorchLoss.Standard;

namespace TorchLoss;

/// <summary>How <see cref="ConsistencyLoss"/> measures the difference of two predictions.</summary>
public enum ConsistencyDistance
{
    /// <summary>√(‖d‖² + c²) − c of the whole sample.</summary>
    PseudoHuber,

    /// <summary>Mean absolute difference.</summary>
    L1,

    /// <summary>Mean squared difference.</summary>
    L2,
}

/// <summary>Consistency training: from neighbouring noise levels a model arrives at the same clean sample.</summary>
/// <remarks>
/// Per sample <c>ℓ = w · d(input, sg target)</c>, in the data's units (squared for l2): pseudo_huber is <c>√(‖input − target‖² + c²) − c</c> with
/// <c>c = 0.00054 √D</c> unless given, l1 and l2 are means over the D numbers of the sample. sg stops the gradient: the target comes from
/// the model (or its moving average) at the lower noise level. Shapes: input and target (B, *), weight (B) → one loss a sample.
/// The pseudo-Huber distance is written as ‖d‖² / (√(‖d‖² + c²) + c), which does not cancel for small differences.
/// </remarks>
[Loss(
    Family.Generative,
    Formula = @"w \Big(\sqrt{\lVert f_\theta - \mathrm{sg} f \rVert^2 + c^2} - c\Big)",
    Source = "Song, Dhariwal, Chen and Sutskever 2023, Consistency Models, arXiv:2303.01469; pseudo-Huber: Song and Dhariwal 2023, arXiv:2310.14189"
)]
public sealed partial class ConsistencyLoss : LossModule2
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("input", "B *", Role.Prediction),
        new("target", "B *", Role.Target),
        new("weight", "B", Role.Weight) { Optional = true },
    ];

    /// <param name="distance">How a difference is measured.</param>
    /// <param name="c">Distance c at which pseudo_huber turns from squared to linear; null is 0.00054 √D.</param>
    /// <param name="weight">Factor w of each sample (B); it does not change the mean's divisor.</param>
    /// <param name="reduction">None keeps the samples' losses (B), Mean averages them, Sum adds them up.</param>
    static Tensor Compute(
        Tensor input,
        Tensor target,
        ConsistencyDistance distance = ConsistencyDistance.PseudoHuber,
        [AtLeast(0)] double? c = null,
        [Input] Tensor? weight = null,
        Reduction reduction = Reduction.Mean
    )
    {
        const string loss = nameof(ConsistencyLoss);
        PerSample.Check(input, loss);
        InputCheck.SameShape(target, input, loss);
        InputCheck.SameDevice(target, input, loss);
        var x = input.Upcast();
        var wanted = target.detach().to(x.dtype);
        var losses = distance switch
        {
            ConsistencyDistance.L1 => PerSample.Means(new L1Loss.Formula(), x, wanted),
            ConsistencyDistance.L2 => PerSample.Means(new MSELoss.Formula(), x, wanted),
            _ => PseudoHuber((x - wanted).Rows, c),
        };
        InputCheck.BroadcastsTo(weight, losses, loss);
        return (weight is null ? losses : losses * weight.to(losses.dtype)).Reduce(reduction);
    }

    static Tensor PseudoHuber(Tensor difference, double? c)
    {
        var width = c ?? 0.00054 * Math.Sqrt(difference.shape[1]);
        var square = difference.square().sum(1);
        return square.SafeDivide((square + width * width).SafePow(0.5) + width);
    }
}
