using System.Numerics;
using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>Whether targets are labels: of a formula that mixes two cases by the target, one case is then all there is.</summary>
static unsafe class BinaryTargets
{
    /// <summary>True if every target is 0 or 1. Only looks where that is cheap, at floats in CPU memory; else false.</summary>
    public static bool AreIn(Tensor target)
    {
        if (target.dtype is ScalarType.Bool)
        {
            return true;
        }

        if (target.dtype is not ScalarType.Float32 || !Fusion.AcceptsTarget(target) || !target.is_contiguous())
        {
            return false;
        }

        var others = Chunks.Sum(new Others((float*)NativeTensor.Data(target)), target.numel());
        GC.KeepAlive(target);
        return others == 0;
    }

    /// <summary>Counts chunks with another number in them.</summary>
    readonly struct Others(float* values) : IChunkJob
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public double Run(long from, long to)
        {
            var (zero, one) = (Vector<float>.Zero, Vector<float>.One);
            var fits = new Vector<int>(-1);
            var i = from;
            for (; i + Vector<float>.Count <= to; i += Vector<float>.Count)
            {
                var x = Vector.Load(values + i);
                fits &= Vector.Equals(x, zero) | Vector.Equals(x, one);
            }

            var all = Vector.EqualsAll(fits, new Vector<int>(-1));
            for (; i < to; i++)
            {
                all &= values[i] is 0 or 1;
            }

            return all ? 0 : 1;
        }
    }
}
