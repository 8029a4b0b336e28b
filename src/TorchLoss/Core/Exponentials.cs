namespace TorchLoss;

/// <summary>An exponential that cannot overflow.</summary>
static class Exponentials
{
    extension(Tensor x)
    {
        /// <summary>e^x, continued as a straight line where it gets astronomically large.</summary>
        /// <remarks>
        /// e^x is infinite from 89 on in float32, and infinity minus infinity is NaN. From e^60 on (e^600 in float64) the
        /// line keeps value and slope finite, and unlike a clamp it still pulls x back.
        /// </remarks>
        public Tensor BoundedExp()
        {
            var bounded = x.clamp_max(x.dtype is ScalarType.Float64 ? 600 : 60);
            return bounded.exp() * (x - bounded + 1);
        }
    }
}
