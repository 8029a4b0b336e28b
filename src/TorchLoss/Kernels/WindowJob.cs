using System.Runtime.InteropServices;

namespace TorchLoss;

/// <summary>The mean loss of the windows of planes, and its gradient.</summary>
/// <remarks>
/// A plane goes through row by row. Of the last rows (as many as a window has) what windows average over is kept, so that all
/// of it stays in the second-level cache: means down the columns, then along the row, give the windows that end in a row. The
/// slopes of their losses go the same way back, the filter being symmetric.
/// </remarks>
/// <typeparam name="C">What is compared.</typeparam>
[StructLayout(LayoutKind.Auto)]
readonly unsafe struct WindowJob<C> : IChunkJob
    where C : struct, IWindowComparison
{
    readonly WindowFormula<C> formula;
    readonly double[] weights;
    readonly int height;
    readonly int width;
    readonly float* x;
    readonly float* y;
    readonly float* gradientX;
    readonly float* gradientY;
    readonly float* means;

    /// <summary>What to compute, and into what.</summary>
    /// <param name="formula">The loss of a window.</param>
    /// <param name="weights">Weights along one axis.</param>
    /// <param name="images">Both images (N, C, H, W), contiguous float32.</param>
    /// <param name="gradients">Receive the gradients by both, or null.</param>
    /// <param name="means">Receives the mean of each plane, (N, C).</param>
    public WindowJob(WindowFormula<C> formula, double[] weights, Tensor[] images, Tensor?[] gradients, Tensor means)
    {
        this.formula = formula;
        this.weights = weights;
        height = (int)images[0].size(2);
        width = (int)images[0].size(3);
        x = (float*)NativeTensor.Data(images[0]);
        y = (float*)NativeTensor.Data(images[1]);
        gradientX = gradients[0] is { } gx ? (float*)NativeTensor.Data(gx) : null;
        gradientY = gradients[1] is { } gy ? (float*)NativeTensor.Data(gy) : null;
        this.means = (float*)NativeTensor.Data(means);
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
        using var rows = new WindowRows(width, weights.Length);
        rows.Weigh<V>(weights);
        for (var plane = from; plane < to; plane++)
        {
            means[plane] = (float)RunPlane<V>(rows, plane);
        }

        return 0;
    }

    double RunPlane<V>(WindowRows rows, long plane)
        where V : struct, ISimd<V>
    {
        var size = weights.Length;
        var (outHeight, outWidth) = (height - size + 1, width - size + 1);
        var offset = plane * height * width;
        var centre = PlaneMean<V>(x + offset);
        var gap = (float)(centre - PlaneMean<V>(y + offset));
        var scale = 1.0 / ((long)outHeight * outWidth);
        var learns = gradientX != null || gradientY != null;
        var sum = 0.0;
        for (var row = 0; row < height; row++)
        {
            Load<V>(rows, plane, row, (float)centre, gap);
            WindowKernel.Fill<V>(rows.X, rows.Y, rows.Maps(row), rows.Stride, width);
            if (row < size - 1)
            {
                continue;
            }

            var window = row - size + 1;
            rows.Down<V>(window, size);
            rows.Along<V>(rows.Column, rows.Means, outWidth);
            WindowKernel.Losses<V, C>(formula, rows.Means, rows.Stride, rows.Losses, outWidth, (float)centre, gap);
            sum += SoftmaxKernel.Sum<V>(rows.Losses, outWidth);
            if (!learns)
            {
                continue;
            }

            WindowKernel.Slopes<V, C>(
                formula,
                rows.Means,
                rows.Slopes,
                rows.Stride,
                outWidth,
                (float)centre,
                gap,
                (float)scale
            );
            rows.EndSlopes(outWidth);
            rows.Along<V>(rows.Padded, rows.Upstream(window), width);
            Differentiate<V>(rows, plane, window, 0, Math.Min(window, size - 1), (float)centre, gap);
        }

        for (var row = outHeight; learns && row < height; row++)
        {
            Differentiate<V>(rows, plane, row, row - outHeight + 1, Math.Min(row, size - 1), (float)centre, gap);
        }

        return sum * scale;
    }

    double PlaneMean<V>(float* plane)
        where V : struct, ISimd<V>
    {
        var sum = 0.0;
        for (var row = 0; row < height; row++)
        {
            sum += SoftmaxKernel.Sum<V>(plane + (long)row * width, width);
        }

        return sum / height / width;
    }

    /// <summary>A row of both images, x from its mean and x − y from its own.</summary>
    void Load<V>(WindowRows rows, long plane, int row, float centre, float gap)
        where V : struct, ISimd<V>
    {
        var at = (plane * height + row) * width;
        new Span<float>(x + at, width).CopyTo(new Span<float>(rows.X, width));
        new Span<float>(y + at, width).CopyTo(new Span<float>(rows.Y, width));
        WindowKernel.Centre<V>(rows.X, rows.Y, width, centre, gap);
    }

    /// <summary>The gradient of a row, of the windows that begin from <paramref name="last"/> to <paramref name="first"/> rows above it.</summary>
    void Differentiate<V>(WindowRows rows, long plane, int row, int first, int last, float centre, float gap)
        where V : struct, ISimd<V>
    {
        rows.Up<V>(row, first, last);
        Load<V>(rows, plane, row, centre, gap);
        WindowKernel.Gradient<V>(rows.X, rows.Y, rows.Column, rows.Stride, width);
        var at = (plane * height + row) * width;
        Store(rows.X, gradientX, at);
        Store(rows.Y, gradientY, at);
    }

    void Store(float* row, float* gradient, long at)
    {
        if (gradient != null)
        {
            new Span<float>(row, width).CopyTo(new Span<float>(gradient + at, width));
        }
    }
}
