using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>Cross entropies of single pairs by a sigmoid: row i belongs to row i and to no other.</summary>
static class SigmoidPairs
{
    /// <summary>The sum over all pairs, divided by the rows.</summary>
    /// <param name="rows">Rows (N, D).</param>
    /// <param name="keys">Keys (N, D).</param>
    /// <param name="block_size">Rows a block; 0 chooses.</param>
    public static Tensor Mean(Tensor rows, Tensor keys, long block_size)
    {
        if (ContrastEngine.Accepts(rows, keys))
        {
            return Fused(rows, keys, block_size);
        }

        var height = Blockwise.Height(block_size, rows.shape[0], keys.shape[0]);
        return height == 0 ? Losses(rows, keys, [], 0).Value : Blockwise.Evaluate(rows, keys, height, Losses);
    }

    static LossShare Losses(Tensor rows, Tensor keys, IReadOnlyList<Tensor?> others, long from)
    {
        var logits = rows.mm(keys.t());
        var numbers = arange(keys.shape[0], dtype: ScalarType.Int64, device: rows.device);
        var own = numbers.narrow(0, from, rows.shape[0]).unsqueeze(1).eq(numbers);
        var losses = where(own, -logits, logits).Softplus();
        return new(losses.sum(), losses.new_full(1, rows.shape[0]).squeeze(0));
    }

    static Tensor Fused(Tensor rows, Tensor keys, long block_size)
    {
        FusedFunction.Rethrow();
        using var scope = NewDisposeScope();
        Tensor[] inputs = [rows, keys];
        var (x, y) = (new TileRows(rows, unit: false), new TileRows(keys, unit: false));
        double sum;
        using (no_grad())
        {
            sum = new ScoreStrips(x, y, 1).Run(
                block_size,
                strip => Chunks.Sum(new Job(strip), strip.Anchors, strip.Width)
            );
        }

        var value = tensor((float)(sum / x.Count));
        return inputs.Any(Fusion.NeedsGradient)
            ? FusedFunction
                .Attach(
                    inputs,
                    value,
                    [x.Finish(1.0 / x.Count), y.Finish(1.0 / x.Count)],
                    new ComposedCall((given, others) => Losses(given[0], given[1], others, 0).Value)
                )
                .MoveToOuterDisposeScope()
            : value.MoveToOuterDisposeScope();
    }

    /// <summary>Logits become the derivative by them.</summary>
    readonly unsafe struct Job(ScoreStrip strip) : IChunkJob
    {
        public double Run(long from, long to) =>
            Simd.Width switch
            {
                SimdWidth.Bits512 => Run<F512>(from, to),
                SimdWidth.Bits256 => Run<F256>(from, to),
                _ => Run<F128>(from, to),
            };

        double Run<V>(long from, long to)
            where V : struct, ISimd<V>
        {
            var sum = 0.0;
            for (var row = from; row < to; row++)
            {
                // minus infinity costs nothing and has no slope: for what fills the row up, and for its own key
                var logits = strip.Row(row);
                var own = strip.From + row;
                var logit = logits[own];
                logits[own] = float.NegativeInfinity;
                sum += Row<V>(logits, strip.Width) + Real.Softplus(new Real(-logit)).Value;
                logits[own] = (float)(-1 / (1 + Math.Exp(logit)));
            }

            return sum;
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        static float Row<V>(float* row, long count)
            where V : struct, ISimd<V>
        {
            V sum = 0.0;
            for (var i = 0; i < count; i += V.Count)
            {
                V.SigmoidSoftplus(V.Load(row + i), out var sigmoid, out _, out var softplus);
                V.Store(row + i, sigmoid);
                sum += softplus;
            }

            return V.Sum(sum);
        }
    }
}
