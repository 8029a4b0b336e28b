namespace TorchLoss;

/// <summary>SimSiam: the predictor of one view points where the encoder put the other one; no negatives, no momentum.</summary>
/// <remarks>
/// Per sample <c>ℓ = −½ cos(p0, sg z1) − ½ cos(p1, sg z0)</c>, from −1 to 1, without unit; sg stops the gradient, without which
/// everything collapses to one point. Shapes: all four (N, D). Symmetric in the two views.
/// </remarks>
[Loss(
    Family.SelfSupervised,
    Formula = @"-\tfrac12 \cos(p_0, \mathrm{sg}\, z_1) - \tfrac12 \cos(p_1, \mathrm{sg}\, z_0)",
    Source = "Chen and He 2021, Exploring Simple Siamese Representation Learning, arXiv:2011.10566, eq. (4)",
    Function = "simsiam_loss",
    Aliases = "SymNegCosineSimilarityLoss"
)]
public sealed partial class SimSiamLoss : LossModule4
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [
        new("z0", "N D", Role.Target),
        new("p0", "N D", Role.Embedding),
        new("z1", "N D", Role.Target),
        new("p1", "N D", Role.Embedding),
    ];

    /// <param name="reduction">None keeps the samples' losses (N), Mean averages them, Sum adds them up.</param>
    static Tensor Compute(Tensor z0, Tensor p0, Tensor z1, Tensor p1, Reduction reduction = Reduction.Mean)
    {
        const string loss = nameof(SimSiamLoss);
        var forth = TwoViewLoss.Agreement(loss, p0, z1);
        var back = TwoViewLoss.Agreement(loss, p1, z0);
        InputCheck.SameShape(p1, p0, loss);
        return (-0.5 * (forth + back)).Reduce(reduction);
    }
}
