namespace TorchLoss;

/// <summary>Normalising flow: the data become likely under a normal distribution that an invertible model bends.</summary>
/// <remarks>
/// Per sample <c>ℓ = ½ ‖z‖² + (D/2) log 2π − logdet</c> (nats), z being the sample brought to the base distribution, D its numbers, and
/// logdet the log-determinant of the Jacobian of that map. In bits per dimension it is divided by D log 2, and the offset is added:
/// 8 for pixels of 256 levels that were scaled to [0, 1]. Shapes: z (B, *), logdet (B) → one loss a sample.
/// </remarks>
[Loss(
    Family.Generative,
    Formula = @"\tfrac12 \lVert z \rVert^2 + \tfrac{D}{2} \log 2\pi - \log |\det J|",
    Source = "Dinh, Sohl-Dickstein and Bengio 2017, Density Estimation Using Real NVP, arXiv:1605.08803, eq. (2)"
)]
public sealed partial class NormalizingFlowNLLLoss : LossModule2
{
    /// <summary>The tensors of <c>forward</c>.</summary>
    public static IReadOnlyList<InputInfo> Inputs { get; } =
    [new("z", "B *", Role.Prediction), new("logdet", "B", Role.Prediction)];

    /// <param name="bits_per_dim">Gives bits per dimension instead of nats.</param>
    /// <param name="offset">Bits per dimension that the scaling of the data took away; only with bits_per_dim.</param>
    /// <param name="reduction">None keeps the samples' losses (B), Mean averages them, Sum adds them up.</param>
    static Tensor Compute(
        Tensor z,
        Tensor logdet,
        bool bits_per_dim = false,
        [Finite] double offset = 0.0,
        Reduction reduction = Reduction.Mean
    )
    {
        const string loss = nameof(NormalizingFlowNLLLoss);
        PerSample.Check(z, loss);
        PerSample.CheckLevel(logdet, z, loss);
        var rows = z.Upcast().Rows;
        var dimensions = rows.shape[1];
        var nats = rows.square().sum(1) * 0.5 + dimensions * 0.5 * Math.Log(2 * Math.PI) - logdet.to(rows.dtype);
        var losses = bits_per_dim ? nats / (Math.Max(1, dimensions) * Math.Log(2)) + offset : nats;
        return losses.Reduce(reduction);
    }
}
