using System.Numerics;
using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>Rows scaled to length 1, and the way back for their gradient: as <c>Unit</c> does it in torch operators.</summary>
/// <remarks>
/// <c>∂x = (∂u − (∂u · u) u) / |x|</c>. The operators make a dozen tensors of the size of the batch, whose fresh memory takes
/// longer than all that is computed here.
/// </remarks>
sealed unsafe class UnitRows
{
    /// <summary>One over the length of each row; 0 for one that is too short to have a direction, and so no gradient.</summary>
    readonly float[] _slopes;

    /// <summary>Scales the rows of a float32 tensor on the CPU.</summary>
    public UnitRows(Tensor rows)
    {
        using var contiguous = rows.detach().contiguous();
        Units = GradientPool.Empty(rows.shape);
        _slopes = new float[rows.shape[0]];
        Run(contiguous, forward: true);
    }

    /// <summary>The rows of length 1.</summary>
    public Tensor Units { get; }

    /// <summary>The gradient by the units becomes that by the rows, in place.</summary>
    public void Backward(Tensor gradient) => Run(gradient, forward: false);

    void Run(Tensor values, bool forward)
    {
        var job = new Job(
            (float*)NativeTensor.Data(values),
            (float*)NativeTensor.Data(Units),
            _slopes,
            (int)values.shape[1],
            forward
        );
        Chunks.Sum(job, values.shape[0], values.shape[1]);
        GC.KeepAlive(values);
    }

    readonly struct Job(float* values, float* units, float[] slopes, int width, bool forward) : IChunkJob
    {
        public double Run(long from, long to)
        {
            for (var row = from; row < to; row++)
            {
                var x = values + row * width;
                var u = units + row * width;
                if (forward)
                {
                    var length = MathF.Sqrt(Dot(x, x));
                    slopes[row] = length < (float)Vectors.Shortest ? 0 : 1 / length;
                    Add(u, x, 1 / MathF.Max(length, (float)Vectors.Shortest), u, 0);
                }
                else
                {
                    Add(x, x, slopes[row], u, -Dot(x, u) * slopes[row]);
                }
            }

            return 0;
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        float Dot(float* a, float* b)
        {
            var sum = Vector<float>.Zero;
            var i = 0;
            for (; i + Vector<float>.Count <= width; i += Vector<float>.Count)
            {
                sum += Vector.Load(a + i) * Vector.Load(b + i);
            }

            var total = Vector.Sum(sum);
            for (; i < width; i++)
            {
                total += a[i] * b[i];
            }

            return total;
        }

        /// <summary>to = a · x + b · y; y is not looked at where b is 0, for it may hold anything.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        void Add(float* to, float* x, float a, float* y, float b)
        {
            var i = 0;
            for (; i + Vector<float>.Count <= width; i += Vector<float>.Count)
            {
                var sum = Vector.Load(x + i) * a;
                Vector.Store(b == 0 ? sum : sum + Vector.Load(y + i) * b, to + i);
            }

            for (; i < width; i++)
            {
                to[i] = b == 0 ? x[i] * a : x[i] * a + y[i] * b;
            }
        }
    }
}
