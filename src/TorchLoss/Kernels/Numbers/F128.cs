using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace TorchLoss;

/// <summary>Four floats: ARM, and x64 without AVX2.</summary>
/// <param name="lanes">The floats.</param>
readonly struct F128(Vector128<float> lanes) : ISimd<F128>
{
    const int RootHalf = 0x3f3504f3;

    readonly Vector128<float> lanes = lanes;

    /// <inheritdoc/>
    public static int Count => 4;

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static unsafe F128 Load(float* source) => new(Vector128.Load(source));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static unsafe F128 Broadcast(float* source) => new(Vector128.Create(*source));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static unsafe void Store(float* destination, F128 value) => value.lanes.Store(destination);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static unsafe void StoreNonTemporal(float* destination, F128 value) =>
        value.lanes.StoreAlignedNonTemporal(destination);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static float Sum(F128 value) => Vector128.Sum(value.lanes);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static float Largest(F128 value)
    {
        var all = value.lanes;
        return MathF.Max(MathF.Max(all[0], all[1]), MathF.Max(all[2], all[3]));
    }

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static implicit operator F128(double value) => new(Vector128.Create((float)value));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F128 operator +(F128 left, F128 right) => new(left.lanes + right.lanes);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F128 operator -(F128 left, F128 right) => new(left.lanes - right.lanes);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F128 operator *(F128 left, F128 right) => new(left.lanes * right.lanes);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F128 operator /(F128 left, F128 right) => new(left.lanes / right.lanes);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F128 operator -(F128 value) => new(-value.lanes);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F128 Abs(F128 value) => new(Vector128.Abs(value.lanes));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F128 Max(F128 left, F128 right) => new(Vector128.Max(left.lanes, right.lanes));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F128 Min(F128 left, F128 right) => new(Vector128.Min(left.lanes, right.lanes));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F128 Maximum(F128 left, F128 right) => Max(left, right);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F128 Minimum(F128 left, F128 right) => Min(left, right);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F128 FastMax(F128 left, F128 right) =>
        new(Sse.IsSupported ? Sse.Max(left.lanes, right.lanes) : Vector128.Max(left.lanes, right.lanes));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F128 FastMin(F128 left, F128 right) =>
        new(Sse.IsSupported ? Sse.Min(left.lanes, right.lanes) : Vector128.Min(left.lanes, right.lanes));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F128 MultiplyAdd(F128 a, F128 b, F128 c) =>
        new(Vector128.MultiplyAddEstimate(a.lanes, b.lanes, c.lanes));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F128 Reciprocal(F128 value) => new(Vector128<float>.One / value.lanes);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F128 Round(F128 value) => new(Vector128.Round(value.lanes));

    /// <inheritdoc/>
    /// <remarks>In two steps: 2^129 and 2^−150 themselves are no floats, and only the last step may round.</remarks>
    [MethodImpl(Inline)]
    public static F128 Scale(F128 value, F128 exponent)
    {
        var whole = Vector128.ConvertToInt32(exponent.lanes);
        var half = whole >> 1;
        return new(value.lanes * PowerOfTwo(half) * PowerOfTwo(whole - half));
    }

    [MethodImpl(Inline)]
    static Vector128<float> PowerOfTwo(Vector128<int> exponent) =>
        ((exponent + Vector128.Create(127)) << 23).AsSingle();

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F128 Mantissa(F128 value) =>
        new(((Offset(value) & Vector128.Create(0x007fffff)) + Vector128.Create(RootHalf)).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F128 Exponent(F128 value) => new(Vector128.ConvertToSingle(Offset(value) >> 23));

    /// <summary>Counted from the bits of √½, the exponent field rounds to the nearest power of two in the logarithm.</summary>
    [MethodImpl(Inline)]
    static Vector128<int> Offset(F128 value) => value.lanes.AsInt32() - Vector128.Create(RootHalf);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F128 Sqrt(F128 value) => new(Vector128.Sqrt(value.lanes));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F128 Exp(F128 value) => SimdMath.Exp(value);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F128 Log(F128 value) => SimdMath.Log(value);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F128 Log(F128 value, F128 complement) => SimdMath.Log(value, complement);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F128 Log1p(F128 value) => SimdMath.Log1p(value);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F128 Expm1(F128 value) => SimdMath.Expm1(value);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F128 Tanh(F128 value) => SimdMath.Tanh(value);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F128 Atan2(F128 y, F128 x) => SimdMath.Atan2(y, x);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F128 Softplus(F128 value) => SimdMath.Softplus(value);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static void SigmoidSoftplus(F128 x, out F128 sigmoid, out F128 complement, out F128 softplus) =>
        SimdMath.SigmoidSoftplus(x, out sigmoid, out complement, out softplus);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F128 Pow(F128 value, double exponent) => SimdMath.Pow(value, exponent);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F128 Greater(F128 left, F128 right) => new(Vector128.GreaterThan(left.lanes, right.lanes));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F128 Select(F128 mask, F128 then, F128 otherwise) =>
        new(Vector128.ConditionalSelect(mask.lanes, then.lanes, otherwise.lanes));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static F128 Detach(F128 value) => value;
}
