namespace TorchLoss;

/// <summary>The few tensor phrases that every loss shares.</summary>
static class Tensors
{
    extension(Tensor losses)
    {
        /// <summary>Applies a reduction to elementwise losses.</summary>
        /// <remarks>
        /// With weights (which broadcast to the losses; a bool mask counts as 0 and 1) mean is Σ w·ℓ / Σ w, so that weight 2
        /// means the same as having the sample twice, and a mask the same as a slice. Nothing to average gives 0, not 0/0.
        /// </remarks>
        public Tensor Reduce(Reduction reduction, Tensor? weight = null)
        {
            if (weight is null)
            {
                return reduction switch
                {
                    Reduction.None => losses,
                    Reduction.Sum => losses.sum(),
                    Reduction.Mean => losses.numel() == 0 ? losses.sum() : losses.mean(),
                    _ => throw new ArgumentOutOfRangeException(nameof(reduction), reduction, "unknown reduction"),
                };
            }

            var factors = weight.to(losses.dtype).expand_as(losses);
            var weighted = where(factors.ne(0), losses * factors, zeros_like(losses));
            return reduction is Reduction.Mean ? weighted.sum().SafeDivide(factors.sum()) : weighted.Reduce(reduction);
        }

        /// <summary>The quotient, or 0 (still in the graph) where the divisor is 0.</summary>
        public Tensor SafeDivide(Tensor divisor)
        {
            var empty = divisor.eq(0);
            return where(empty, losses * 0, losses / where(empty, ones_like(divisor), divisor));
        }

        /// <summary>Half precision computes in float32: its sums overflow at 65504 and its eps is 0.</summary>
        public Tensor Upcast() =>
            losses.dtype is ScalarType.Float16 or ScalarType.BFloat16 ? losses.to(ScalarType.Float32) : losses;

        /// <summary>Whether another tensor has the same shape; ten times as fast as reading both shapes into arrays.</summary>
        public bool HasShapeOf(Tensor other)
        {
            var dimensions = losses.dim();
            var same = dimensions == other.dim();
            for (var i = 0; same && i < dimensions; i++)
            {
                same = losses.size(i) == other.size(i);
            }

            return same;
        }

        /// <summary>The shape as it appears in messages: "(4, 3)".</summary>
        public string Shape => $"({string.Join(", ", losses.shape)})";
    }

    /// <summary>Runs a computation so that only its result outlives it, also when it throws.</summary>
    public static Tensor Scoped(Func<Tensor> compute)
    {
        using var scope = NewDisposeScope();
        return compute().MoveToOuterDisposeScope();
    }
}
