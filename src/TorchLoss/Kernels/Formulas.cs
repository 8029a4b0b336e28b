namespace TorchLoss;

/// <summary>A loss of one element: prediction and target in, loss out. Written once, run on every number type.</summary>
/// <typeparam name="F">The formula itself: a struct that carries the options.</typeparam>
public interface IPointwiseFormula<F>
    where F : struct, IPointwiseFormula<F>
{
    /// <summary>The loss of one element.</summary>
    static abstract R Value<R>(in F options, R input, R target)
        where R : struct, IReal<R>;
}

/// <summary>A loss of one row of logits that depends on them only through log p of the target class (and the mean log p).</summary>
/// <typeparam name="F">The formula itself: a struct that carries the options.</typeparam>
public interface ISoftmaxFormula<F>
    where F : struct, ISoftmaxFormula<F>
{
    /// <summary>Whether the formula reads the mean of log p over the classes; else it need not be computed.</summary>
    static abstract bool UsesMean { get; }

    /// <summary>The loss of one row.</summary>
    /// <param name="options">The options.</param>
    /// <param name="log_p">log p of the target class.</param>
    /// <param name="mean_log_p">The mean over all classes of log p.</param>
    static abstract R Value<R>(in F options, R log_p, R mean_log_p)
        where R : struct, IReal<R>;
}
