namespace TorchLoss;

/// <summary>The soft minimum over all alignments of two time series: monotone paths through the squared distances of their steps.</summary>
/// <remarks>
/// A cell's value is its cost plus the soft minimum <c>−γ log Σ exp(−r/γ)</c> of its three predecessors. The weights of that
/// minimum are kept, so that the way back needs no exponentials. Without a kernel a diagonal of cells is one step: its cells do not
/// depend on each other.
/// </remarks>
static class SoftAlignment
{
    /// <summary>A value that no path has: beyond every cost, yet finite, for infinities would meet in differences.</summary>
    const double Unreachable = 1e30;

    /// <summary>The soft minimum (N) over the alignments of series (N, P, D) and (N, Q, D), of one floating-point dtype.</summary>
    /// <param name="x">Series.</param>
    /// <param name="y">Series.</param>
    /// <param name="gamma">How soft: 0 would be the minimum.</param>
    /// <param name="bandwidth">How far an alignment may leave the diagonal.</param>
    public static Tensor Evaluate(Tensor x, Tensor y, double gamma, long bandwidth)
    {
        FusedFunction.Rethrow();
        return Accepts(x) && Accepts(y) && Fusion.Allowed()
            ? Fused(x, y, gamma, bandwidth)
            : Tensors.Scoped(() => Composed(Costs(x, y), gamma, bandwidth));
    }

    /// <summary>Ordinary CPU memory: the recursion runs in double, so that it takes float64 too.</summary>
    static bool Accepts(Tensor series) =>
        series.dtype is ScalarType.Float32 or ScalarType.Float64
        && series.device_type is DeviceType.CPU
        && !series.is_sparse
        && series.numel() > 0;

    static Tensor Fused(Tensor x, Tensor y, double gamma, long bandwidth)
    {
        using var scope = NewDisposeScope();
        Tensor[] series = [x.contiguous().resolve_neg(), y.contiguous().resolve_neg()];
        var gradients = Array.ConvertAll(series, t => Fusion.NeedsGradient(t) ? empty_like(t).detach() : null);
        var values = empty([x.shape[0]], dtype: x.dtype);
        var job = new SoftAlignmentJob(series, values, gradients, gamma, bandwidth);

        // a cell takes as long as thirty elements of other losses
        const long Effort = 30;
        Chunks.Sum(job, x.shape[0], x.shape[1] * y.shape[1] * Effort);
        GC.KeepAlive(series);
        return (
            gradients[0] is null && gradients[1] is null
                ? values
                : FusedFunction.Attach(series, values, gradients, new Call(gamma, bandwidth))
        ).MoveToOuterDisposeScope();
    }

    /// <summary>Squared distances of all steps; of differences, since |x|² + |y|² − 2xy loses the digits of points that are close.</summary>
    static Tensor Costs(Tensor x, Tensor y) => (x.unsqueeze(2) - y.unsqueeze(1)).square().sum([3]);

    /// <summary>The soft minimum (N) of costs (N, P, Q) on torch tensors, diagonal by diagonal: the definition.</summary>
    static Tensor Composed(Tensor costs, double gamma, long bandwidth)
    {
        var (n, rows, columns) = (costs.shape[0], costs.shape[1], costs.shape[2]);
        var diagonals = rows + columns - 1;

        // a row less than it is long: each row begins one place further right, and a diagonal stands in a column
        var slanted = pad(costs, [0, rows])
            .reshape(n, rows * (costs.shape[2] + rows))
            .narrow(1, 0, rows * diagonals)
            .view(n, rows, diagonals);
        var i = arange(rows, device: costs.device).unsqueeze(1);
        var j = arange(diagonals, device: costs.device).unsqueeze(0) - i;
        var open = j.ge(0).logical_and(j.lt(columns)).logical_and((i - j).abs().le(bandwidth));
        var nothing = full([n, rows], Unreachable, dtype: costs.dtype, device: costs.device);
        var (older, last) = (nothing, nothing);
        for (var k = 0L; k < diagonals; k++)
        {
            var cost = slanted.select(2, k);
            var before = k == 0 ? zeros_like(nothing) : SoftMinimum(gamma, Below(older), Below(last), last);
            (older, last) = (last, where(open.select(1, k).unsqueeze(0), cost + before, nothing));
        }

        return last.select(1, rows - 1);
    }

    static Tensor SoftMinimum(double gamma, params Tensor[] values) =>
        (stack(values, 0) / -gamma).logsumexp(0) * -gamma;

    /// <summary>Each row's value from the row above.</summary>
    static Tensor Below(Tensor values) =>
        pad(values, [1, 0], PaddingModes.Constant, Unreachable).narrow(1, 0, values.shape[1]);

    sealed class Call(double gamma, long bandwidth) : FusedCall
    {
        /// <inheritdoc/>
        public override Tensor Broadcast(Tensor upstream) => upstream.view(-1, 1, 1);

        /// <inheritdoc/>
        public override Tensor Composed(IReadOnlyList<Tensor> inputs, IReadOnlyList<Tensor?> others) =>
            SoftAlignment.Composed(Costs(inputs[0], inputs[1]), gamma, bandwidth);
    }
}
