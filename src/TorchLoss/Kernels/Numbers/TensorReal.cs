namespace TorchLoss;

/// <summary>A formula's number on torch tensors: every device and dtype, autograd to any order.</summary>
/// <remarks>A constant stays a <c>double</c> until it meets a tensor, so that it costs no tensor and takes the tensor's dtype.</remarks>
public readonly struct TensorReal : IReal<TensorReal>
{
    readonly Tensor? tensor;
    readonly double constant;

    /// <summary>A tensor as a number.</summary>
    /// <param name="tensor">The values.</param>
    public TensorReal(Tensor tensor) => this.tensor = tensor;

    TensorReal(double constant) => this.constant = constant;

    /// <summary>The values; throws for a number that is only a constant.</summary>
    public Tensor Tensor =>
        tensor ?? throw new InvalidOperationException("The formula does not depend on its inputs: it is a constant.");

    /// <inheritdoc/>
    public static implicit operator TensorReal(double value) => new(value);

    /// <inheritdoc/>
    public static TensorReal operator +(TensorReal left, TensorReal right) =>
        (left.tensor, right.tensor) switch
        {
            (null, null) => new(left.constant + right.constant),
            (null, { } b) => new(b + left.constant),
            ({ } a, null) => new(a + right.constant),
            ({ } a, { } b) => new(a + b),
        };

    /// <inheritdoc/>
    public static TensorReal operator -(TensorReal left, TensorReal right) =>
        (left.tensor, right.tensor) switch
        {
            (null, null) => new(left.constant - right.constant),
            (null, { } b) => new(left.constant - b),
            ({ } a, null) => new(a - right.constant),
            ({ } a, { } b) => new(a - b),
        };

    /// <inheritdoc/>
    public static TensorReal operator *(TensorReal left, TensorReal right) =>
        (left.tensor, right.tensor) switch
        {
            (null, null) => new(left.constant * right.constant),
            (null, { } b) => new(b * left.constant),
            ({ } a, null) => new(a * right.constant),
            ({ } a, { } b) => new(a * b),
        };

    /// <inheritdoc/>
    public static TensorReal operator /(TensorReal left, TensorReal right) =>
        (left.tensor, right.tensor) switch
        {
            (null, null) => new(left.constant / right.constant),
            (null, { } b) => new(left.constant / b),
            ({ } a, null) => new(a / right.constant),
            ({ } a, { } b) => new(a / b),
        };

    /// <inheritdoc/>
    public static TensorReal operator -(TensorReal value) => Map(value, t => -t, c => -c);

    /// <inheritdoc/>
    public static TensorReal Abs(TensorReal value) => Map(value, t => t.abs(), Math.Abs);

    /// <inheritdoc/>
    public static TensorReal Max(TensorReal left, TensorReal right) =>
        (left.tensor, right.tensor, right.constant) switch
        {
            ({ } a, null, 0) => new(a.relu()), // one operator instead of five, with the same derivative
            _ => Select(OrNaN(Greater(left, right), left), left, right),
        };

    /// <inheritdoc/>
    public static TensorReal Min(TensorReal left, TensorReal right) =>
        Select(OrNaN(Greater(right, left), left), left, right);

    /// <inheritdoc/>
    public static TensorReal Maximum(TensorReal left, TensorReal right) =>
        Pair(left, right, (a, b) => a.maximum(b), Math.Max);

    /// <inheritdoc/>
    public static TensorReal Minimum(TensorReal left, TensorReal right) =>
        Pair(left, right, (a, b) => a.minimum(b), Math.Min);

    /// <summary>A comparison with NaN is false: of two values the right one would be taken and the NaN forgotten.</summary>
    static TensorReal OrNaN(TensorReal mask, TensorReal left) =>
        (mask.tensor, left.tensor) switch
        {
            ({ } m, { } t) => new(m.logical_or(t.isnan())),
            _ => mask,
        };

    /// <inheritdoc/>
    public static TensorReal Sqrt(TensorReal value) => Map(value, t => t.sqrt(), Math.Sqrt);

    /// <inheritdoc/>
    public static TensorReal Exp(TensorReal value) => Map(value, t => t.exp(), Math.Exp);

    /// <inheritdoc/>
    public static TensorReal Log(TensorReal value) => Map(value, t => t.log(), Math.Log);

    /// <inheritdoc/>
    /// <remarks>Each logarithm sees only its own half: the other one's infinite slope would turn a slope of 0 into NaN.</remarks>
    public static TensorReal Log(TensorReal value, TensorReal complement)
    {
        var near = Greater(value, 0.5);
        return Select(near, Log1p(-Select(near, complement, 0.5)), Log(Select(near, 0.5, value)));
    }

    /// <inheritdoc/>
    public static TensorReal Log1p(TensorReal value) => Map(value, t => t.log1p(), RealMath.Log1p);

    /// <inheritdoc/>
    public static TensorReal Expm1(TensorReal value) => Map(value, t => t.expm1(), RealMath.Expm1);

    /// <inheritdoc/>
    public static TensorReal Tanh(TensorReal value) => Map(value, t => t.tanh(), Math.Tanh);

    /// <inheritdoc/>
    public static TensorReal Atan2(TensorReal y, TensorReal x) => Pair(y, x, (a, b) => a.atan2(b), Math.Atan2);

    /// <inheritdoc/>
    /// <remarks>−logsigmoid(−x): torch's own softplus turns linear at 20 and loses its curvature there.</remarks>
    public static TensorReal Softplus(TensorReal value) =>
        Map(value, t => -nn.functional.logsigmoid(-t), RealMath.Softplus);

    /// <inheritdoc/>
    public static void SigmoidSoftplus(
        TensorReal x,
        out TensorReal sigmoid,
        out TensorReal complement,
        out TensorReal softplus
    )
    {
        sigmoid = Map(x, t => t.sigmoid(), c => 1 / (1 + Math.Exp(-c)));
        complement = Map(x, t => (-t).sigmoid(), c => 1 / (1 + Math.Exp(c)));
        softplus = Softplus(x);
    }

    /// <inheritdoc/>
    public static TensorReal Pow(TensorReal value, double exponent)
    {
        if (value.tensor is not { } t)
        {
            return new(Math.Pow(value.constant, exponent));
        }

        if (exponent >= 1 || exponent == 0)
        {
            return new(t.pow(exponent));
        }

        // the derivative of x^c at 0 is infinite for c < 1 and meets a factor 0: NaN. So the power never sees a 0.
        var positive = t.gt(0);
        var safe = where(positive, t, ones_like(t));
        return new(where(positive, safe.pow(exponent), zeros_like(t)));
    }

    /// <inheritdoc/>
    public static TensorReal Greater(TensorReal left, TensorReal right) =>
        (left.tensor, right.tensor) switch
        {
            (null, null) => new(left.constant > right.constant ? 1.0 : 0.0),
            (null, { } b) => new(b.lt(left.constant)),
            ({ } a, null) => new(a.gt(right.constant)),
            ({ } a, { } b) => new(a.gt(b)),
        };

    /// <inheritdoc/>
    public static TensorReal Select(TensorReal mask, TensorReal then, TensorReal otherwise)
    {
        if (mask.tensor is not { } m)
        {
            return mask.constant != 0 ? then : otherwise;
        }

        var like = then.tensor ?? otherwise.tensor;
        return (then.tensor, otherwise.tensor) switch
        {
            (null, null) => new(
                where(m, full_like(m, then.constant, dtype: float64), full_like(m, otherwise.constant, dtype: float64))
            ),
            _ => new(where(m, then.Like(like!), otherwise.Like(like!))),
        };
    }

    /// <inheritdoc/>
    public static TensorReal Detach(TensorReal value) => Map(value, t => t.detach(), c => c);

    static TensorReal Map(TensorReal value, Func<Tensor, Tensor> onTensor, Func<double, double> onConstant) =>
        value.tensor is { } t ? new(onTensor(t)) : new(onConstant(value.constant));

    static TensorReal Pair(
        TensorReal left,
        TensorReal right,
        Func<Tensor, Tensor, Tensor> onTensors,
        Func<double, double, double> onConstants
    ) =>
        (left.tensor ?? right.tensor) is { } like
            ? new(onTensors(left.Like(like), right.Like(like)))
            : new(onConstants(left.constant, right.constant));

    Tensor Like(Tensor like) => tensor ?? full_like(like, constant);
}
