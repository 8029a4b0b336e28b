namespace TorchLoss;

/// <summary>Norms, unit vectors and distances whose gradients stay finite where vectors vanish or coincide.</summary>
static class Vectors
{
    /// <summary>Stands in for log 0: finite, for ∞ − ∞ in a gradient is NaN, and below any score that a float can hold as useful.</summary>
    const double LogZero = -1e30;

    /// <summary>Shorter vectors count as having no direction, as in torch's own normalize.</summary>
    public const double Shortest = 1e-12;

    extension(Tensor x)
    {
        /// <summary>The distance from 1 to the next number.</summary>
        public double Epsilon => x.dtype is ScalarType.Float64 ? 2.220446049250313e-16 : 1.1920928955078125e-7;

        /// <summary>A power of numbers of at least 0 whose gradient at 0 is 0.</summary>
        /// <remarks>A root's own gradient there is infinite, and infinite times 0 is NaN: 0 is replaced before the root.</remarks>
        public Tensor SafePow(double exponent)
        {
            if (exponent == 1)
            {
                return x;
            }

            if (exponent > 1)
            {
                return x.pow(exponent);
            }

            var zero = x.le(0);
            return where(zero, zeros_like(x), where(zero, ones_like(x), x).pow(exponent));
        }

        /// <summary>The p-norm over a dimension, which stays with size 1.</summary>
        public Tensor Norm(double p, long dim) =>
            (p == 2 ? x.square() : x.abs().pow(p)).sum(dim, keepdim: true).SafePow(1 / p);

        /// <summary>Vectors scaled to p-norm 1.</summary>
        /// <remarks>A zero vector stays zero and gets no gradient; torch's normalize sends 10¹² into it.</remarks>
        /// <param name="p">The norm.</param>
        /// <param name="dim">The dimension that the vectors lie along.</param>
        /// <param name="shortest">Vectors below this length have no direction, and are divided by it.</param>
        public Tensor Unit(double p = 2, long dim = 1, double shortest = Shortest)
        {
            var norm = x.Norm(p, dim);
            var pointless = norm.lt(shortest);
            return where(pointless, (x / shortest).detach(), x / where(pointless, ones_like(norm), norm));
        }

        /// <summary>The cosines of vectors one by one, over a dimension that goes.</summary>
        public Tensor Cosine(Tensor y, long dim = 1, double shortest = Shortest) =>
            (x.Unit(2, dim, shortest) * y.Unit(2, dim, shortest)).sum(dim);

        /// <summary>|x_i − y_j|² for all rows i and j.</summary>
        /// <remarks>
        /// |x|² + |y|² − 2xy alone loses all digits of close points (relative error 6 at distances of 10⁻³ in float32), and
        /// differences alone have no second derivative in torch. So the value comes from the differences, and all
        /// derivatives from the products, which are exact for a polynomial: their own value cancels to 0.
        /// </remarks>
        public Tensor SquaredDistances(Tensor y)
        {
            Tensor value;
            using (no_grad())
            {
                value = x.Differences(y, 2).square();
            }

            if (!is_grad_enabled() || !(x.requires_grad || y.requires_grad))
            {
                return value;
            }

            var products = x.square().sum(1, keepdim: true) + y.square().sum(1) - 2 * x.mm(y.t());
            return value + (products - products.detach());
        }

        /// <summary>The p-norm of x_i − y_j for all rows i and j.</summary>
        public Tensor Differences(Tensor y, double p) => cdist(x, y, p, compute_mode.donot_use_mm_for_euclid_dist);

        /// <summary>log Σ count · exp(x) over a dimension, which stays; far below any score where all counts are 0.</summary>
        /// <param name="counts">How often each term occurs: a mask, or whole numbers.</param>
        /// <param name="dim">The dimension.</param>
        public Tensor LogSumExp(Tensor counts, long dim)
        {
            var terms = counts.dtype is ScalarType.Bool ? x : x + counts.clamp_min(1).to(x.dtype).log();
            return terms.masked_fill(counts.logical_not(), LogZero).logsumexp(dim, keepdim: true);
        }

        /// <summary>log(1 + exp(x)); torch's own softplus turns linear at 20.</summary>
        public Tensor Softplus() => -logsigmoid(-x);
    }
}
