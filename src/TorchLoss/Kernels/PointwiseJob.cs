using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>A pointwise loss over whole tensors, in chunks; half precision passes through float buffers that stay in the L1 cache.</summary>
readonly unsafe struct PointwiseJob : IChunkJob
{
    /// <summary>Elements converted at a time: two buffers take a quarter of the L1 cache.</summary>
    const int Converted = 1024;

    /// <summary>Gradients from 16 MB on are written past the caches.</summary>
    const long StreamsFrom = 4 << 20;

    /// <summary>Steps of an ordinary formula, one with an exponential.</summary>
    const int StepsOfAnElement = 64;

    readonly CompiledLoop loop;
    readonly PointwiseRange all;
    readonly ScalarType dtype;

    PointwiseJob(CompiledLoop loop, in PointwiseRange all, ScalarType dtype) =>
        (this.loop, this.all, this.dtype) = (loop, all, dtype);

    /// <summary>What to compute, and into what. All tensors have the layout of the input in memory.</summary>
    /// <param name="formula">The loss of an element.</param>
    /// <param name="input">Predictions.</param>
    /// <param name="target">Targets, of the same dtype.</param>
    /// <param name="weight">Weights (float32), or null.</param>
    /// <param name="losses">Receives the loss of each element, or null for the sum alone.</param>
    /// <param name="gradient">Receives the gradient, or null for none.</param>
    /// <param name="scale">A factor of the gradient.</param>
    public static PointwiseJob Of<F>(
        in F formula,
        Tensor input,
        Tensor target,
        Tensor? weight,
        Tensor? losses,
        Tensor? gradient,
        double scale
    )
        where F : struct, IPointwiseFormula<F>
    {
        var count = input.numel();
        var range = new PointwiseRange(Floats(input), Floats(target), count)
        {
            Weight = Floats(weight),
            Losses = Floats(losses),
            Gradient = Floats(gradient),
            Scale = (float)scale,
        };
        var streams = count >= StreamsFrom && (nint)range.Gradient % 64 == 0;
        var features =
            (weight is null ? PointwiseFeatures.None : PointwiseFeatures.Weight)
            | (losses is null ? PointwiseFeatures.None : PointwiseFeatures.Losses)
            | (gradient is null ? PointwiseFeatures.None : PointwiseFeatures.Gradient)
            | (gradient is not null && streams ? PointwiseFeatures.Streams : PointwiseFeatures.None);
        return new(PointwiseLoops<F>.Get(formula, features), range, input.dtype);
    }

    static float* Floats(Tensor? tensor) => tensor is null ? null : (float*)NativeTensor.Data(tensor);

    /// <summary>The sum of the losses.</summary>
    public double Sum() => Chunks.Sum(this, all.Count, work: all.Count * loop.Steps / StepsOfAnElement);

    /// <inheritdoc/>
    public double Run(long from, long to) =>
        HalfBlocks.Is(dtype) ? RunHalf(from, to) : PointwiseKernel.Run(loop.Run, all.Slice(from, to - from));

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
            sum += PointwiseKernel.Run(loop.Run, block);
        }

        return sum;
    }
}
