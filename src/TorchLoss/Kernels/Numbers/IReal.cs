namespace TorchLoss;

/// <summary>A number that a loss formula can be run on.</summary>
/// <remarks>
/// A formula is written once, as a generic method over <typeparamref name="R"/>. On SIMD vectors it is the fused kernel,
/// on dual numbers its gradient, on torch tensors the definition for other devices, other dtypes and second order, on plain
/// <c>double</c> the reference that the tests hold all of them against.
/// </remarks>
/// <typeparam name="R">The number type itself.</typeparam>
public interface IReal<R>
    where R : struct, IReal<R>
{
    /// <summary>A constant; lets a formula read as in the paper.</summary>
    static abstract implicit operator R(double value);

    /// <summary>Sum.</summary>
    static abstract R operator +(R left, R right);

    /// <summary>Difference.</summary>
    static abstract R operator -(R left, R right);

    /// <summary>Product.</summary>
    static abstract R operator *(R left, R right);

    /// <summary>Quotient.</summary>
    static abstract R operator /(R left, R right);

    /// <summary>Negation.</summary>
    static abstract R operator -(R value);

    /// <summary>Absolute value; its derivative at 0 is 0.</summary>
    static abstract R Abs(R value);

    /// <summary>The larger of two. Where both are equal the derivative is that of <paramref name="right"/>.</summary>
    static abstract R Max(R left, R right);

    /// <summary>The smaller of two. Where both are equal the derivative is that of <paramref name="right"/>.</summary>
    static abstract R Min(R left, R right);

    /// <summary>The larger of two, as torch.maximum: where both are equal they share the derivative.</summary>
    static abstract R Maximum(R left, R right);

    /// <summary>The smaller of two, as torch.minimum: where both are equal they share the derivative.</summary>
    static abstract R Minimum(R left, R right);

    /// <summary>Square root.</summary>
    static abstract R Sqrt(R value);

    /// <summary>e to the power of the value.</summary>
    static abstract R Exp(R value);

    /// <summary>Natural logarithm: −∞ at 0, NaN below.</summary>
    static abstract R Log(R value);

    /// <summary>Natural logarithm of a value between 0 and 1 whose distance from 1 is known: near 1 that keeps the digits.</summary>
    static abstract R Log(R value, R complement);

    /// <summary>log(1 + value), exact for small values.</summary>
    static abstract R Log1p(R value);

    /// <summary>exp(value) − 1, exact for small values.</summary>
    static abstract R Expm1(R value);

    /// <summary>Hyperbolic tangent.</summary>
    static abstract R Tanh(R value);

    /// <summary>The angle of the point (x, y), in radians from −π to π; its derivative at the origin is not defined.</summary>
    static abstract R Atan2(R y, R x);

    /// <summary>log(1 + exp(value)) without overflow.</summary>
    static abstract R Softplus(R value);

    /// <summary>σ(x), 1 − σ(x) without cancellation, and softplus(x); the three share one exponential.</summary>
    static abstract void SigmoidSoftplus(R x, out R sigmoid, out R complement, out R softplus);

    /// <summary>A base that is at least 0 to a constant power. The derivative at base 0 is finite (0) for powers below 1.</summary>
    static abstract R Pow(R value, double exponent);

    /// <summary>A mask for <see cref="Select"/>: where left is greater than right.</summary>
    static abstract R Greater(R left, R right);

    /// <summary>Where the mask is set the first value, else the second; also for their derivatives.</summary>
    static abstract R Select(R mask, R then, R otherwise);

    /// <summary>The value without its derivative: a constant for the gradient.</summary>
    static abstract R Detach(R value);
}
