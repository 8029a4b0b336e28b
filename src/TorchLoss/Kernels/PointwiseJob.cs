using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>A pointwise loss over whole tensors, in chunks; half precision passes through float buffers that stay in the L1 cache.</summary>
readonly unsafe struct PointwiseJob<F> : IChunkJob
    where F : struct, IPointwiseFormula<F>
{
    /// <summary>Elements converted at a time: two buffers take a quarter of the L1 cache.</summary>
    const int Converted = 1024;

    /// <summary>Gradients from 16 MB on are written past the caches.</summary>
    const long StreamsFrom = 4 << 20;

    readonly F formula;
    readonly PointwiseRange all;
    readonly ScalarType dtype;

    public PointwiseJob(F formula, Tensor input, Tensor target, Tensor? losses, Tensor? gradient, float scale)
    {
        this.formula = formula;
        dtype = input.dtype;
        var gradients = gradient is null ? null : (float*)NativeTensor.Data(gradient);
        var count = input.numel();
        all = new((float*)NativeTensor.Data(input), (float*)NativeTensor.Data(target), count)
        {
            Losses = losses is null ? null : (float*)NativeTensor.Data(losses),
            Gradient = gradients,
            Scale = scale,
            Streams = count >= StreamsFrom && (nint)gradients % 64 == 0,
        };
    }

    /// <inheritdoc/>
    public double Run(long from, long to) =>
        HalfBlocks.Is(dtype) ? RunHalf(from, to) : PointwiseKernel.Run(formula, all.Slice(from, to - from));

    [SkipLocalsInit]
    double RunHalf(long from, long to)
    {
        var input = stackalloc float[Converted];
        var target = stackalloc float[Converted];
        var sum = 0.0;
        for (var i = from; i < to; i += Converted)
        {
            var count = (int)Math.Min(Converted, to - i);
            HalfBlocks.Load(dtype, (ushort*)all.Input + i, input, count);
            HalfBlocks.Load(dtype, (ushort*)all.Target + i, target, count);
            var block = all.Slice(i, count) with { Input = input, Target = target };
            sum += PointwiseKernel.Run(formula, block);
        }

        return sum;
    }
}
