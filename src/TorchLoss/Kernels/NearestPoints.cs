using System.Numerics;
using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>The nearest neighbour of each point, by brute force in registers: no distance is ever stored.</summary>
/// <remarks>Ten times as fast as a matrix of distances and its argmin, whose time goes into memory.</remarks>
static class NearestPoints
{
    const long MostDimensions = 16;

    /// <summary>Whether the kernel takes such points: float32 on the CPU, of few dimensions.</summary>
    public static bool Accepts(Tensor from, Tensor to) =>
        from.dtype is ScalarType.Float32
        && from.device_type is DeviceType.CPU
        && from.numel() > 0
        && to.numel() > 0
        && from.shape[2] <= MostDimensions
        && Fusion.Allowed();

    /// <summary>Indices (N, P) of the nearest of the points <paramref name="to"/> (N, Q, D) for each of (N, P, D).</summary>
    /// <param name="from">The points that look for neighbours.</param>
    /// <param name="to">The points they choose from.</param>
    /// <param name="missing">Which of these do not exist, (N, Q), or null.</param>
    /// <param name="norm">1: sum of absolute differences; 2: Euclidean.</param>
    public static unsafe Tensor Find(Tensor from, Tensor to, Tensor? missing, long norm)
    {
        var (n, p, d, q) = (from.shape[0], from.shape[1], from.shape[2], to.shape[1]);
        var lanes = Vector<float>.Count;
        var width = (q + lanes - 1) / lanes * lanes;

        // coordinates by axis, and points at infinity where there is none: no comparison needs to look at a mask
        var there = missing is null ? to : to.masked_fill(missing.unsqueeze(2), float.PositiveInfinity);
        var axes = full([n, d, width], float.PositiveInfinity, dtype: ScalarType.Float32);
        axes.narrow(2, 0, q).copy_(there.transpose(1, 2));
        var points = from.contiguous();
        var nearest = empty([n, p], dtype: ScalarType.Int64);
        var job = new Job(
            (float*)NativeTensor.Data(points),
            (float*)NativeTensor.Data(axes),
            (long*)NativeTensor.Data(nearest),
            p,
            width,
            (int)d,
            norm == 1
        );
        Chunks.Sum(job, n * p, width * d);
        GC.KeepAlive(points);
        GC.KeepAlive(axes);
        return nearest;
    }

    readonly unsafe struct Job(
        float* from,
        float* axes,
        long* nearest,
        long points,
        long width,
        int dimensions,
        bool byOne
    ) : IChunkJob
    {
        public double Run(long first, long last)
        {
            var spread = stackalloc Vector<float>[dimensions];
            for (var row = first; row < last; row++)
            {
                for (var k = 0; k < dimensions; k++)
                {
                    spread[k] = new(from[row * dimensions + k]);
                }

                var cloud = axes + row / points * dimensions * width;
                nearest[row] = byOne ? ByOne(spread, cloud) : ByTwo(spread, cloud);
            }

            return 0;
        }

        // optimised from the first call: one call is a whole pass, and thirty slow passes come before the runtime looks again
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        int ByOne(Vector<float>* point, float* cloud)
        {
            var (best, at) = (new Vector<float>(float.PositiveInfinity), Vector<int>.Zero);
            var index = Vector<int>.Indices;
            for (long j = 0; j < width; j += Vector<float>.Count)
            {
                var distance = Vector<float>.Zero;
                for (var k = 0; k < dimensions; k++)
                {
                    distance += Vector.Abs(point[k] - Vector.Load(cloud + k * width + j));
                }

                var closer = Vector.LessThan(distance, best);
                best = Vector.ConditionalSelect(closer, distance, best);
                at = Vector.ConditionalSelect(closer, index, at);
                index += new Vector<int>(Vector<int>.Count);
            }

            return Least(best, at);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        int ByTwo(Vector<float>* point, float* cloud)
        {
            var (best, at) = (new Vector<float>(float.PositiveInfinity), Vector<int>.Zero);
            var index = Vector<int>.Indices;
            for (long j = 0; j < width; j += Vector<float>.Count)
            {
                var distance = Vector<float>.Zero;
                for (var k = 0; k < dimensions; k++)
                {
                    var difference = point[k] - Vector.Load(cloud + k * width + j);
                    distance = Vector.FusedMultiplyAdd(difference, difference, distance);
                }

                var closer = Vector.LessThan(distance, best);
                best = Vector.ConditionalSelect(closer, distance, best);
                at = Vector.ConditionalSelect(closer, index, at);
                index += new Vector<int>(Vector<int>.Count);
            }

            return Least(best, at);
        }

        /// <summary>The index of the least distance over the lanes; of equal ones the first.</summary>
        static int Least(Vector<float> best, Vector<int> at)
        {
            var lane = 0;
            for (var i = 1; i < Vector<float>.Count; i++)
            {
                if (best[i] < best[lane] || (best[i] == best[lane] && at[i] < at[lane]))
                {
                    lane = i;
                }
            }

            return at[lane];
        }
    }
}
