namespace TorchLoss;

/// <summary>A formula's number that remembers how it was computed: run a formula on it and the steps to compile come out.</summary>
/// <remarks>
/// Options are plain numbers by then, so an exponent of 2 has become a product and a branch on an option is gone. The default
/// value is a zero that is known to be one whatever it meets, such as the slope of a constant: no step is spent on it. (A
/// constant 0.0 is not: 0 times NaN is NaN.)
/// </remarks>
readonly struct Traced : IFloats<Traced>
{
    const string Plus = "op_Addition";
    const string Minus = "op_Subtraction";
    const string Times = "op_Multiply";
    const string Over = "op_Division";
    const string Negative = "op_UnaryNegation";

    readonly Term? term;

    /// <summary>A number.</summary>
    /// <param name="term">How it is computed.</param>
    public Traced(Term term) => this.term = term;

    /// <summary>How it is computed.</summary>
    public Term Term => term ?? Term.Of(0.0);

    bool IsZero => term is null;

    bool IsOne => term?.Constant == 1;

    /// <inheritdoc/>
    public static implicit operator Traced(double value) => new(Term.Of(value));

    /// <inheritdoc/>
    public static Traced operator +(Traced left, Traced right) =>
        left.IsZero ? right
        : right.IsZero ? left
        : Step(Plus, left, right);

    /// <inheritdoc/>
    public static Traced operator -(Traced left, Traced right) =>
        left.IsZero ? -right
        : right.IsZero ? left
        : Step(Minus, left, right);

    /// <inheritdoc/>
    public static Traced operator *(Traced left, Traced right) =>
        left.IsZero || right.IsZero ? default
        : left.IsOne ? right
        : right.IsOne ? left
        : left.term!.Constant == 2 ? right + right
        : right.term!.Constant == 2 ? left + left
        : Step(Times, left, right);

    /// <inheritdoc/>
    public static Traced operator /(Traced left, Traced right) =>
        left.IsZero ? default
        : right.IsOne ? left
        : Step(Over, left, right);

    /// <inheritdoc/>
    public static Traced operator -(Traced value) =>
        value.IsZero ? value
        : value.term!.Operation == Negative ? new(value.term.Operands[0])
        : Step(Negative, value);

    /// <inheritdoc/>
    public static Traced Abs(Traced value) => Step(nameof(Abs), value);

    /// <inheritdoc/>
    public static Traced Max(Traced left, Traced right) => Step(nameof(Max), left, right);

    /// <inheritdoc/>
    public static Traced Min(Traced left, Traced right) => Step(nameof(Min), left, right);

    /// <inheritdoc/>
    public static Traced Maximum(Traced left, Traced right) => Max(left, right);

    /// <inheritdoc/>
    public static Traced Minimum(Traced left, Traced right) => Min(left, right);

    /// <inheritdoc/>
    public static Traced FastMax(Traced left, Traced right) => Step(nameof(FastMax), left, right);

    /// <inheritdoc/>
    public static Traced FastMin(Traced left, Traced right) => Step(nameof(FastMin), left, right);

    /// <inheritdoc/>
    public static Traced MultiplyAdd(Traced a, Traced b, Traced c) => Step(nameof(MultiplyAdd), a, b, c);

    /// <inheritdoc/>
    public static Traced Reciprocal(Traced value) => Step(nameof(Reciprocal), value);

    /// <inheritdoc/>
    public static Traced Round(Traced value) => Step(nameof(Round), value);

    /// <inheritdoc/>
    public static Traced Scale(Traced value, Traced exponent) => Step(nameof(Scale), value, exponent);

    /// <inheritdoc/>
    public static Traced Mantissa(Traced value) => Step(nameof(Mantissa), value);

    /// <inheritdoc/>
    public static Traced Exponent(Traced value) => Step(nameof(Exponent), value);

    /// <inheritdoc/>
    public static Traced Sqrt(Traced value) => Step(nameof(Sqrt), value);

    /// <inheritdoc/>
    public static Traced Exp(Traced value) => SimdMath.Exp(value);

    /// <inheritdoc/>
    public static Traced Log(Traced value) => SimdMath.Log(value);

    /// <inheritdoc/>
    public static Traced Log(Traced value, Traced complement) => SimdMath.Log(value, complement);

    /// <inheritdoc/>
    public static Traced Log1p(Traced value) => SimdMath.Log1p(value);

    /// <inheritdoc/>
    public static Traced Expm1(Traced value) => SimdMath.Expm1(value);

    /// <inheritdoc/>
    public static Traced Tanh(Traced value) => SimdMath.Tanh(value);

    /// <inheritdoc/>
    public static Traced Atan2(Traced y, Traced x) => SimdMath.Atan2(y, x);

    /// <inheritdoc/>
    public static Traced Softplus(Traced value) => SimdMath.Softplus(value);

    /// <inheritdoc/>
    public static void SigmoidSoftplus(Traced x, out Traced sigmoid, out Traced complement, out Traced softplus) =>
        SimdMath.SigmoidSoftplus(x, out sigmoid, out complement, out softplus);

    /// <inheritdoc/>
    public static Traced Pow(Traced value, double exponent) => SimdMath.Pow(value, exponent);

    /// <inheritdoc/>
    public static Traced Greater(Traced left, Traced right) => Step(nameof(Greater), left, right);

    /// <inheritdoc/>
    public static Traced Select(Traced mask, Traced then, Traced otherwise) =>
        then.IsZero && otherwise.IsZero ? default : Step(nameof(Select), mask, then, otherwise);

    /// <inheritdoc/>
    public static Traced Detach(Traced value) => value;

    static Traced Step(string operation, params ReadOnlySpan<Traced> operands)
    {
        var terms = new Term[operands.Length];
        for (var i = 0; i < terms.Length; i++)
        {
            terms[i] = operands[i].Term;
        }

        return new(Term.Of(operation, terms));
    }
}
