using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>Cross entropies of single pairs by a sigmoid: row i belongs to row i and to no other.</summary>
static class SigmoidPairs
{
    /// <summary>The sum over all pairs, divided by the rows.</summary>
    /// <param name="rows">Rows (N, D).</param>
    /// <param name="keys">Keys (N, D).</param>
    /// <param name="scale">One number that their products are multiplied by.</param>
    /// <param name="bias">One number that is added to them.</param>
    /// <param name="block_size">Rows a block; 0 chooses.</param>
    public static Tensor Mean(Tensor rows, Tensor keys, Tensor scale, Tensor bias, long block_size)
    {
        if (ContrastEngine.Accepts(rows, keys))
        {
            return Fused(rows, keys, scale, bias, block_size);
        }

        var height = Blockwise.Height(block_size, rows.shape[0], keys.shape[0]);
        if (height == 0)
        {
            return Losses(rows * scale, keys, bias, 0).Value;
        }

        // as one more feature: the products hold the bias already, and its gradient comes with theirs
        return Blockwise.Evaluate(
            cat([rows * scale, bias.expand(rows.shape[0], 1)], 1),
            cat([keys, ones_like(keys.narrow(1, 0, 1))], 1),
            height,
            static (some, all, _, from) => Losses(some, all, null, from)
        );
    }

    static LossShare Losses(Tensor rows, Tensor keys, Tensor? bias, long from)
    {
        var products = rows.mm(keys.t());
        var logits = bias is null ? products : products + bias;
        var numbers = arange(keys.shape[0], dtype: ScalarType.Int64, device: rows.device);
        var own = numbers.narrow(0, from, rows.shape[0]).unsqueeze(1).eq(numbers);
        var losses = where(own, -logits, logits).Softplus();
        return new(losses.sum(), losses.new_full(1, rows.shape[0]).squeeze(0));
    }

    static Tensor Fused(Tensor rows, Tensor keys, Tensor scale, Tensor bias, long block_size)
    {
        FusedFunction.Rethrow();
        using var scope = NewDisposeScope();
        Tensor[] inputs = [rows, keys, scale, bias];
        var learns = Array.ConvertAll(inputs, Fusion.NeedsGradient);
        var (factor, summand, slopes) = (scale.item<float>(), bias.item<float>(), new double[rows.shape[0]]);
        var x = new TileRows(rows, unit: false, learns[0] || learns[2]);
        var y = new TileRows(keys, unit: false, learns[1]);
        var sum = new ScoreStrips(x, y, factor).Run(
            block_size,
            strip => Chunks.Sum(new Job(strip, summand, slopes), strip.Anchors, strip.Width)
        );
        var value = tensor((float)(sum / x.Count));
        return learns.Contains(value: true)
            ? FusedFunction
                .Attach(
                    inputs,
                    value,
                    [
                        learns[0] ? x.Finish(factor / x.Count) : null,
                        learns[1] ? y.Finish(factor / x.Count) : null,
                        learns[2] ? tensor((float)(x.Along() / x.Count)) : null,
                        learns[3] ? tensor((float)(slopes.Sum() / x.Count)) : null,
                    ],
                    new ComposedCall((given, _) => Losses(given[0] * given[2], given[1], given[3], 0).Value)
                )
                .MoveToOuterDisposeScope()
            : value.MoveToOuterDisposeScope();
    }

    /// <summary>Logits become the derivative by them.</summary>
    /// <param name="strip">The products of rows with keys.</param>
    /// <param name="bias">What is added to them.</param>
    /// <param name="slopes">Receives the sum of the derivatives in each row.</param>
    readonly unsafe struct Job(ScoreStrip strip, float bias, double[] slopes) : IChunkJob
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
                var logit = logits[own] + bias;
                logits[own] = float.NegativeInfinity;
                var (loss, slope) = Row<V>(logits, strip.Width, bias);
                sum += loss + Real.Softplus(new Real(-logit)).Value;
                logits[own] = (float)(-1 / (1 + Math.Exp(logit)));
                slopes[own] = slope + logits[own];
            }

            return sum;
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        static (float Loss, float Slope) Row<V>(float* row, long count, float bias)
            where V : struct, ISimd<V>
        {
            V sum = 0.0;
            V slope = 0.0;
            V add = bias;
            for (var i = 0; i < count; i += V.Count)
            {
                V.SigmoidSoftplus(V.Load(row + i) + add, out var sigmoid, out _, out var softplus);
                V.Store(row + i, sigmoid);
                slope += sigmoid;
                sum += softplus;
            }

            return (V.Sum(sum), V.Sum(slope));
        }
    }
}
