namespace TorchLoss;

/// <summary>Floats as the machine computes with them: the instructions that elementary functions are made of.</summary>
/// <remarks>
/// The widths differ only in these few instructions. Exponentials, logarithms and what is made of them are written once,
/// in <see cref="SimdMath"/>.
/// </remarks>
/// <typeparam name="V">The number type itself.</typeparam>
interface IFloats<V> : IReal<V>
    where V : struct, IFloats<V>
{
    /// <summary>A constant in all elements. (The compiler does not look for conversions in inherited interfaces.)</summary>
    static abstract implicit operator V(double value);

    /// <summary>a · b + c, rounded once where the machine can.</summary>
    static abstract V MultiplyAdd(V a, V b, V c);

    /// <summary>One over the value, to about 1 ulp.</summary>
    static abstract V Reciprocal(V value);

    /// <summary>The nearest whole number.</summary>
    static abstract V Round(V value);

    /// <summary>The larger of two by the machine's fastest instruction: NaN on the right comes through, on the left perhaps not.</summary>
    static abstract V FastMax(V left, V right);

    /// <summary>The smaller of two by the machine's fastest instruction: NaN on the right comes through, on the left perhaps not.</summary>
    static abstract V FastMin(V left, V right);

    /// <summary>value · 2^exponent for whole exponents from −150 to 129, into the denormals and to infinity.</summary>
    static abstract V Scale(V value, V exponent);

    /// <summary>The mantissa of a normal positive value, mantissa · 2^exponent, from √½ to √2.</summary>
    static abstract V Mantissa(V value);

    /// <summary>The exponent that belongs to <see cref="Mantissa"/>, as a whole number.</summary>
    static abstract V Exponent(V value);
}

/// <summary>A vector of floats that lives in memory: what a kernel loads, computes with and stores.</summary>
/// <typeparam name="V">The vector itself.</typeparam>
interface ISimd<V> : IFloats<V>
    where V : struct, ISimd<V>
{
    /// <summary>A constant in all elements. (The compiler does not look for conversions in inherited interfaces.)</summary>
    static abstract implicit operator V(double value);

    /// <summary>How many floats the vector holds.</summary>
    static abstract int Count { get; }

    /// <summary>Reads from memory of any alignment.</summary>
    static abstract unsafe V Load(float* source);

    /// <summary>One float of memory in all elements.</summary>
    static abstract unsafe V Broadcast(float* source);

    /// <summary>Writes to memory of any alignment.</summary>
    static abstract unsafe void Store(float* destination, V value);

    /// <summary>Writes past the caches to memory aligned to the vector: pays where the output is too large to stay in them.</summary>
    static abstract unsafe void StoreNonTemporal(float* destination, V value);

    /// <summary>The sum of all elements.</summary>
    static abstract float Sum(V value);

    /// <summary>The largest element; not defined for NaN.</summary>
    static abstract float Largest(V value);
}
