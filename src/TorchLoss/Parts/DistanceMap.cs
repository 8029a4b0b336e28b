namespace TorchLoss;

/// <summary>Exact Euclidean distances on a grid, in 1 to 3 dimensions (or more), in time linear in the number of positions.</summary>
/// <remarks>
/// Felzenszwalb and Huttenlocher 2012, Distance Transforms of Sampled Functions, Theory of Computing 8: one dimension after the
/// other, each line the lower envelope of one parabola per position. Runs on the CPU, in double precision.
/// </remarks>
public static class DistanceMap
{
    /// <summary>Distance of each position to the nearest one that is true (not 0); infinite where there is none.</summary>
    /// <param name="regions">Truth values (N, C, *space), one map for each n and c.</param>
    /// <param name="resolution">Distance between neighbours along each dimension of space; null: 1.</param>
    /// <returns>Distances (N, C, *space), float64.</returns>
    public static Tensor Of(Tensor regions, IReadOnlyList<double>? resolution = null)
    {
        Check(regions, resolution);
        using var scope = NewDisposeScope();
        using var none = no_grad();
        var inside = regions.ne(0).cpu().contiguous();
        var space = regions.shape[2..];
        var spacing = resolution?.ToArray() ?? [.. space.Select(_ => 1.0)];
        var squares = Array.ConvertAll(inside.data<bool>().ToArray(), t => t ? 0 : double.PositiveInfinity);
        for (var dimension = 0; dimension < space.Length; dimension++)
        {
            Sweep(squares, space, dimension, spacing[dimension]);
        }

        return tensor(squares).view(regions.shape).sqrt().to(regions.device).MoveToOuterDisposeScope();
    }

    /// <summary>Signed distance to the boundary of each region, as <see cref="BoundaryLoss"/> takes it.</summary>
    /// <remarks>
    /// Outside the distance to the region; inside 1 − the distance to the nearest position outside, so that its edge is 0. A region
    /// that is empty, or fills the grid, has no boundary: 0.
    /// </remarks>
    /// <param name="regions">Regions (N, C, *space) of 0 and 1, one map for each n and c.</param>
    /// <param name="resolution">Distance between neighbours along each dimension of space; null: 1.</param>
    /// <returns>Distances (N, C, *space), float64.</returns>
    public static Tensor Signed(Tensor regions, IReadOnlyList<double>? resolution = null)
    {
        Check(regions, resolution);
        using var scope = NewDisposeScope();
        using var none = no_grad();
        var inside = regions.ne(0);
        var signed = where(inside, 1 - Of(~inside, resolution), Of(inside, resolution));
        return where(signed.isinf(), zeros_like(signed), signed).MoveToOuterDisposeScope();
    }

    static void Check(Tensor regions, IReadOnlyList<double>? resolution)
    {
        InputCheck.Live(regions, nameof(DistanceMap), nameof(regions));
        if (regions.dim() < 3)
        {
            throw new ArgumentException(
                $"{nameof(DistanceMap)}: regions must be (N, C, *space), got {regions.Shape}.",
                nameof(regions)
            );
        }

        if (resolution is null)
        {
            return;
        }

        if (resolution.Count != regions.dim() - 2 || resolution.Any(r => !(r > 0) || double.IsInfinity(r)))
        {
            throw new ArgumentException(
                $"{nameof(DistanceMap)}: resolution must be {regions.dim() - 2} numbers > 0, one for each dimension of space, "
                    + $"got [{string.Join(", ", resolution)}].",
                nameof(resolution)
            );
        }
    }

    /// <summary>Replaces each line along a dimension by the lower envelope of its parabolas.</summary>
    static void Sweep(double[] squares, long[] space, int dimension, double spacing)
    {
        var length = (int)space[dimension];
        var stride = (int)space[(dimension + 1)..].Aggregate(1L, (a, b) => a * b);
        var lines = length == 0 ? 0 : squares.Length / length;
        Parallel.For(
            0,
            lines,
            () => new Envelope(length, spacing),
            (line, _, envelope) =>
            {
                var start = line / stride * stride * length + line % stride;
                envelope.Run(squares, start, stride);
                return envelope;
            },
            _ => { }
        );
    }

    /// <summary>The lower envelope of the parabolas f(q) + (x − q)² over one line.</summary>
    sealed class Envelope(int length, double spacing)
    {
        readonly double[] values = new double[length];
        readonly int[] apex = new int[length];
        readonly double[] from = new double[length];

        public void Run(double[] squares, int start, int stride)
        {
            for (var i = 0; i < length; i++)
            {
                values[i] = squares[start + i * stride];
            }

            var last = Build();
            for (int i = 0, k = 0; last >= 0 && i < length; i++)
            {
                while (k < last && from[k + 1] < i)
                {
                    k++;
                }

                var offset = (i - apex[k]) * spacing;
                squares[start + i * stride] = values[apex[k]] + offset * offset;
            }
        }

        /// <summary>Finds which parabola is lowest from where on; the index of the last one, −1 if all are infinite.</summary>
        int Build()
        {
            var last = -1;
            for (var q = 0; q < length; q++)
            {
                if (double.IsPositiveInfinity(values[q]))
                {
                    continue;
                }

                var meets = double.NegativeInfinity;
                while (last >= 0 && (meets = Crossing(apex[last], q)) <= from[last])
                {
                    last--;
                }

                last++;
                apex[last] = q;
                from[last] = last == 0 ? double.NegativeInfinity : meets;
            }

            return last;
        }

        /// <summary>Where the parabola of q gets lower than that of p, which stands before it; in steps.</summary>
        double Crossing(int p, int q)
        {
            var square = spacing * spacing;
            return ((values[q] - values[p]) / square + (double)q * q - (double)p * p) / (2.0 * (q - p));
        }
    }
}
