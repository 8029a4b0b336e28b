using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace TorchLoss;

/// <summary>Eight floats (AVX2).</summary>
/// <param name="lanes">The floats.</param>
readonly struct F256(Vector256<float> lanes) : ISimd<F256>
{
    const int RootHalf = 0x3f3504f3;

    readonly Vector256<float> lanes = lanes;

    /// <inheritdoc/>
    public static int Count => 8;

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static unsafe F256 Load(float* source) => new(Vector256.Load(source));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static unsafe F256 Broadcast(float* source) => new(Vector256.Create(*source));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static unsafe void Store(float* destination, F256 value) => value.lanes.Store(destination);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static unsafe void StoreNonTemporal(float* destination, F256 value) =>
        value.lanes.StoreAlignedNonTemporal(destination);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static float Sum(F256 value) => Vector256.Sum(value.lanes);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static float Largest(F256 value)
    {
        var half = Vector128.MaxNative(value.lanes.GetLower(), value.lanes.GetUpper());
        return F128.Largest(new(half));
    }

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static implicit operator F256(double value) => new(Vector256.Create((float)value));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F256 operator +(F256 left, F256 right) => new(left.lanes + right.lanes);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F256 operator -(F256 left, F256 right) => new(left.lanes - right.lanes);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F256 operator *(F256 left, F256 right) => new(left.lanes * right.lanes);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F256 operator /(F256 left, F256 right) => new(left.lanes / right.lanes);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F256 operator -(F256 value) => new(-value.lanes);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F256 Abs(F256 value) => new(Vector256.Abs(value.lanes));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F256 Max(F256 left, F256 right) => new(Vector256.Max(left.lanes, right.lanes));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F256 Min(F256 left, F256 right) => new(Vector256.Min(left.lanes, right.lanes));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F256 Maximum(F256 left, F256 right) => Max(left, right);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F256 Minimum(F256 left, F256 right) => Min(left, right);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F256 FastMax(F256 left, F256 right) => new(Avx.Max(left.lanes, right.lanes));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F256 FastMin(F256 left, F256 right) => new(Avx.Min(left.lanes, right.lanes));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F256 MultiplyAdd(F256 a, F256 b, F256 c) =>
        new(Vector256.FusedMultiplyAdd(a.lanes, b.lanes, c.lanes));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F256 Reciprocal(F256 value) => new(Vector256<float>.One / value.lanes);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F256 Round(F256 value) => new(Vector256.Round(value.lanes));

    /// <inheritdoc/>
    /// <remarks>In two steps: 2^129 and 2^−150 themselves are no floats, and only the last step may round.</remarks>
    [MethodImpl(Inline)]
    public static F256 Scale(F256 value, F256 exponent)
    {
        var whole = Vector256.ConvertToInt32(exponent.lanes);
        var half = whole >> 1;
        return new(value.lanes * PowerOfTwo(half) * PowerOfTwo(whole - half));
    }

    [MethodImpl(Inline)]
    static Vector256<float> PowerOfTwo(Vector256<int> exponent) =>
        ((exponent + Vector256.Create(127)) << 23).AsSingle();

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F256 Mantissa(F256 value) =>
        new(((Offset(value) & Vector256.Create(0x007fffff)) + Vector256.Create(RootHalf)).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F256 Exponent(F256 value) => new(Vector256.ConvertToSingle(Offset(value) >> 23));

    /// <summary>Counted from the bits of √½, the exponent field rounds to the nearest power of two in the logarithm.</summary>
    [MethodImpl(Inline)]
    static Vector256<int> Offset(F256 value) => value.lanes.AsInt32() - Vector256.Create(RootHalf);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F256 Sqrt(F256 value) => new(Vector256.Sqrt(value.lanes));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F256 Exp(F256 value) => SimdMath.Exp(value);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F256 Log(F256 value) => SimdMath.Log(value);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F256 Log(F256 value, F256 complement) => SimdMath.Log(value, complement);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F256 Log1p(F256 value) => SimdMath.Log1p(value);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F256 Expm1(F256 value) => SimdMath.Expm1(value);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F256 Tanh(F256 value) => SimdMath.Tanh(value);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F256 Atan2(F256 y, F256 x) => SimdMath.Atan2(y, x);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F256 Softplus(F256 value) => SimdMath.Softplus(value);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static void SigmoidSoftplus(F256 x, out F256 sigmoid, out F256 complement, out F256 softplus) =>
        SimdMath.SigmoidSoftplus(x, out sigmoid, out complement, out softplus);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F256 Pow(F256 value, double exponent) => SimdMath.Pow(value, exponent);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F256 Greater(F256 left, F256 right) => new(Vector256.GreaterThan(left.lanes, right.lanes));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F256 Select(F256 mask, F256 then, F256 otherwise) =>
        new(Vector256.ConditionalSelect(mask.lanes, then.lanes, otherwise.lanes));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F256 Detach(F256 value) => value;
}
