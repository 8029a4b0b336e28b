using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace TorchLoss;

/// <summary>Sixteen floats (AVX-512).</summary>
/// <param name="lanes">The floats.</param>
readonly struct F512(Vector512<float> lanes) : ISimd<F512>
{
    const int RootHalf = 0x3f3504f3;

    readonly Vector512<float> lanes = lanes;

    /// <inheritdoc/>
    public static int Count => 16;

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static unsafe F512 Load(float* source) => new(Vector512.Load(source));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static unsafe F512 Broadcast(float* source) => new(Vector512.Create(*source));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static unsafe void Store(float* destination, F512 value) => value.lanes.Store(destination);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static unsafe void StoreNonTemporal(float* destination, F512 value) =>
        value.lanes.StoreAlignedNonTemporal(destination);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static float Sum(F512 value) => Vector512.Sum(value.lanes);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static float Largest(F512 value)
    {
        var half = Vector256.MaxNative(value.lanes.GetLower(), value.lanes.GetUpper());
        return F256.Largest(new(half));
    }

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static implicit operator F512(double value) => new(Vector512.Create((float)value));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F512 operator +(F512 left, F512 right) => new(left.lanes + right.lanes);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F512 operator -(F512 left, F512 right) => new(left.lanes - right.lanes);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F512 operator *(F512 left, F512 right) => new(left.lanes * right.lanes);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F512 operator /(F512 left, F512 right) => new(left.lanes / right.lanes);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F512 operator -(F512 value) => new(-value.lanes);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F512 Abs(F512 value) => new(Vector512.Abs(value.lanes));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F512 Max(F512 left, F512 right) => new(Vector512.Max(left.lanes, right.lanes));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F512 Min(F512 left, F512 right) => new(Vector512.Min(left.lanes, right.lanes));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F512 Maximum(F512 left, F512 right) => Max(left, right);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F512 Minimum(F512 left, F512 right) => Min(left, right);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F512 FastMax(F512 left, F512 right) => new(Avx512F.Max(left.lanes, right.lanes));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F512 FastMin(F512 left, F512 right) => new(Avx512F.Min(left.lanes, right.lanes));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F512 MultiplyAdd(F512 a, F512 b, F512 c) =>
        new(Vector512.FusedMultiplyAdd(a.lanes, b.lanes, c.lanes));

    /// <inheritdoc/>
    /// <remarks>The 14-bit estimate and one Newton step; the division takes three times as long.</remarks>
    [MethodImpl(Inline)]
    public static F512 Reciprocal(F512 value)
    {
        var estimate = Avx512F.Reciprocal14(value.lanes);
        var error = Avx512F.FusedMultiplyAddNegated(value.lanes, estimate, Vector512<float>.One);
        return new(Vector512.FusedMultiplyAdd(error, estimate, estimate));
    }

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F512 Round(F512 value) => new(Vector512.Round(value.lanes));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F512 Scale(F512 value, F512 exponent) => new(Avx512F.Scale(value.lanes, exponent.lanes));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F512 Mantissa(F512 value) =>
        new(((Offset(value) & Vector512.Create(0x007fffff)) + Vector512.Create(RootHalf)).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F512 Exponent(F512 value) => new(Vector512.ConvertToSingle(Offset(value) >> 23));

    /// <summary>Counted from the bits of √½, the exponent field rounds to the nearest power of two in the logarithm.</summary>
    [MethodImpl(Inline)]
    static Vector512<int> Offset(F512 value) => value.lanes.AsInt32() - Vector512.Create(RootHalf);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F512 Sqrt(F512 value) => new(Vector512.Sqrt(value.lanes));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F512 Exp(F512 value) => SimdMath.Exp(value);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F512 Log(F512 value) => SimdMath.Log(value);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F512 Log(F512 value, F512 complement) => SimdMath.Log(value, complement);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F512 Log1p(F512 value) => SimdMath.Log1p(value);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F512 Expm1(F512 value) => SimdMath.Expm1(value);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F512 Tanh(F512 value) => SimdMath.Tanh(value);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F512 Atan2(F512 y, F512 x) => SimdMath.Atan2(y, x);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F512 Softplus(F512 value) => SimdMath.Softplus(value);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static void SigmoidSoftplus(F512 x, out F512 sigmoid, out F512 complement, out F512 softplus) =>
        SimdMath.SigmoidSoftplus(x, out sigmoid, out complement, out softplus);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F512 Pow(F512 value, double exponent) => SimdMath.Pow(value, exponent);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F512 Greater(F512 left, F512 right) => new(Vector512.GreaterThan(left.lanes, right.lanes));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F512 Select(F512 mask, F512 then, F512 otherwise) =>
        new(Vector512.ConditionalSelect(mask.lanes, then.lanes, otherwise.lanes));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F512 Detach(F512 value) => value;
}
