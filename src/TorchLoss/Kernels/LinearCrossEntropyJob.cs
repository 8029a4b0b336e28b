using System.Runtime.InteropServices;

namespace TorchLoss;

/// <summary>Cross entropy of a block of logits, which are overwritten by the gradient, up to a factor for each row.</summary>
[StructLayout(LayoutKind.Auto)]
readonly unsafe struct LinearCrossEntropyJob : IChunkJob
{
    readonly int classes;
    readonly float* logits;
    readonly RowWeights weights;
    readonly float* losses;
    readonly float* factors;
    readonly bool learns;
    readonly double smoothing;
    readonly double entropyScale;
    readonly double totalScale;

    /// <summary>What to compute, and into what.</summary>
    /// <param name="block">Logits (T, V), contiguous; with a gradient wanted they become it.</param>
    /// <param name="weights">What each row counts.</param>
    /// <param name="factors">Receives what the gradient of each row is still to be multiplied by.</param>
    /// <param name="losses">Receives the loss of each row, or null for the sum alone.</param>
    /// <param name="learns">Whether a gradient is wanted.</param>
    /// <param name="smoothing">Share of the target that is spread over all classes.</param>
    /// <param name="entropyScale">A factor of the cross entropy.</param>
    /// <param name="totalScale">A factor of the squared logsumexp.</param>
    public LinearCrossEntropyJob(
        Tensor block,
        RowWeights weights,
        Tensor factors,
        Tensor? losses,
        bool learns,
        double smoothing,
        double entropyScale,
        double totalScale
    )
    {
        classes = (int)block.size(1);
        logits = (float*)NativeTensor.Data(block);
        this.weights = weights;
        this.factors = (float*)NativeTensor.Data(factors);
        this.losses = losses is null ? null : (float*)NativeTensor.Data(losses);
        this.learns = learns;
        this.smoothing = smoothing;
        this.entropyScale = entropyScale;
        this.totalScale = totalScale;
    }

    /// <inheritdoc/>
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
            var loss = RunRow<V>(row);
            sum += loss;
            if (losses != null)
            {
                losses[row] = (float)loss;
            }
        }

        return sum;
    }

    double RunRow<V>(long row)
        where V : struct, ISimd<V>
    {
        var x = logits + row * classes;
        factors[row] = 1;
        if (weights.Counts(row))
        {
            return Counted<V>(row, x);
        }

        if (learns)
        {
            new Span<float>(x, classes).Clear();
        }

        return 0;
    }

    /// <summary>
    /// The loss of a row. Its gradient by logit j is a (p_j − (1 − ε) [j = own] − ε/V) + 2 b L p_j, with L the logsumexp, a and b the
    /// scales of the two terms.
    /// </summary>
    /// <remarks>
    /// The own logit stays out of the sum: as softplus of the others' logsumexp less the own logit, and with the others' share for
    /// 1 − p, a row that is almost certain keeps the digits that a float sum near 1 has lost.
    /// </remarks>
    double Counted<V>(long row, float* x)
        where V : struct, ISimd<V>
    {
        var own = weights.Targets[row];
        var largest = SoftmaxKernel.Largest<V>(x, classes);
        var mean = smoothing > 0 ? SoftmaxKernel.Sum<V>(x, classes) / classes : 0;
        var aboveOwn = (double)largest - x[own];
        x[own] = float.NegativeInfinity;
        var others = SoftmaxKernel.SumOfExponentials<V>(x, learns ? x : null, classes, largest);
        var (ofOwn, scale) = (Math.Exp(-aboveOwn), entropyScale * weights.Of(row));
        var sum = others + ofOwn;
        var total = largest + Math.Log(sum);
        if (learns)
        {
            var slope = 2 * totalScale * total;
            var ofExponentials = scale + slope;
            if (smoothing == 0 && ofExponentials > 0.5 * scale)
            {
                // the exponentials stay as they are: the factor goes into the thin matrices instead of through the whole row
                factors[row] = (float)(ofExponentials / sum);
                x[own] = (float)((slope * ofOwn - scale * others) / ofExponentials);
            }
            else
            {
                SoftmaxKernel.MultiplyAdd<V>(
                    x,
                    classes,
                    (float)(ofExponentials / sum),
                    (float)(-scale * smoothing / classes)
                );
                x[own] += (float)(scale * (smoothing - others / sum) + slope * ofOwn / sum);
            }
        }

        var entropy = (1 - smoothing) * Real.Softplus(new Real(Math.Log(others) + aboveOwn)).Value;
        entropy = smoothing > 0 ? entropy + smoothing * (total - mean) : entropy;
        return scale * entropy + totalScale * total * total;
    }
}
