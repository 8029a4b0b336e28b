namespace TorchLoss;

/// <summary>Exponentials that cannot overflow.</summary>
/// <remarks>
/// e^x is infinite from 89 on in float32, and infinity minus infinity is NaN. From e^60 on (e^600 in float64) a straight line
/// keeps value and slope finite, and unlike a clamp it still pulls x back.
/// </remarks>
static class Exponentials
{
    extension(Tensor x)
    {
        /// <summary>e^x, continued as a straight line where it gets astronomically large.</summary>
        public Tensor BoundedExp()
        {
            var bounded = x.Bounded;
            return bounded.exp() * (x - bounded + 1);
        }

        /// <summary>The same less 1, exact for small x.</summary>
        public Tensor BoundedExpm1()
        {
            var bounded = x.Bounded;
            return bounded.expm1() + bounded.exp() * (x - bounded);
        }

        Tensor Bounded => x.clamp_max(x.dtype is ScalarType.Float64 ? 600 : 60);
    }
}
