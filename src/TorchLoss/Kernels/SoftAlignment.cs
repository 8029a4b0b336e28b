namespace TorchLoss;

/// <summary>The soft minimum over all monotone paths through matrices of costs, and how much each cell takes part in it.</summary>
/// <remarks>
/// A cell's value is its cost plus the soft minimum <c>−γ log Σ exp(−r/γ)</c> of its three predecessors. The weights of that
/// minimum are kept, so that the way back needs no exponentials. Without a kernel a diagonal of cells is one step: its cells do not
/// depend on each other.
/// </remarks>
static class SoftAlignment
{
    /// <summary>A value that no path has: beyond every cost, yet finite, for infinities would meet in differences.</summary>
    const double Unreachable = 1e30;

    /// <summary>The soft minimum (N) of costs (N, P, Q).</summary>
    /// <param name="costs">The costs.</param>
    /// <param name="gamma">How soft: 0 would be the minimum.</param>
    /// <param name="bandwidth">How far a path may leave the diagonal.</param>
    public static Tensor Evaluate(Tensor costs, double gamma, long bandwidth)
    {
        FusedFunction.Rethrow();
        return Accepts(costs)
            ? Fused(costs, gamma, bandwidth)
            : Tensors.Scoped(() => Composed(costs, gamma, bandwidth));
    }

    static bool Accepts(Tensor costs) =>
        costs.dtype is ScalarType.Float32 or ScalarType.Float64
        && costs.device_type is DeviceType.CPU
        && costs.numel() > 0
        && Fusion.Allowed();

    static Tensor Fused(Tensor costs, double gamma, long bandwidth)
    {
        using var scope = NewDisposeScope();
        var input = costs.contiguous();
        var gradient = Fusion.NeedsGradient(input) ? empty_like(input).detach() : null;
        var values = empty([input.shape[0]], dtype: input.dtype);
        var job = new SoftAlignmentJob(input, values, gradient, gamma, bandwidth);

        // a cell takes as long as thirty elements of other losses
        const long Effort = 30;
        Chunks.Sum(job, input.shape[0], input.shape[1] * input.shape[2] * Effort);
        GC.KeepAlive(input);
        return (
            gradient is null ? values : FusedFunction.Attach(input, values, gradient, new Call(gamma, bandwidth))
        ).MoveToOuterDisposeScope();
    }

    /// <summary>The soft minimum on torch tensors, diagonal by diagonal: the definition.</summary>
    static Tensor Composed(Tensor costs, double gamma, long bandwidth)
    {
        var (n, rows, columns) = (costs.shape[0], costs.shape[1], costs.shape[2]);
        var diagonals = rows + columns - 1;

        // a row less than it is long: each row begins one place further right, and a diagonal stands in a column
        var slanted = pad(costs, [0, rows]).reshape(n, -1).narrow(1, 0, rows * diagonals).view(n, rows, diagonals);
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
            SoftAlignment.Composed(inputs[0], gamma, bandwidth);
    }
}
