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

/// <summary>A loss of two boxes that depends on them only through a few measures. A formula names those that it reads.</summary>
/// <typeparam name="F">The formula itself: a struct that carries the options.</typeparam>
public interface IBoxFormula<F>
    where F : struct, IBoxFormula<F>
{
    /// <summary>Whether the formula reads the hull; else it need not be computed. So with the others.</summary>
    static abstract bool UsesHull { get; }

    /// <summary>Whether the formula reads the distance of the centres.</summary>
    static abstract bool UsesDistance { get; }

    /// <summary>Whether the formula reads the diagonal of the hull.</summary>
    static abstract bool UsesDiagonal { get; }

    /// <summary>Whether the formula reads the angle of the sides: then it is for boxes in the plane only.</summary>
    static abstract bool UsesAngle { get; }

    /// <summary>The loss of one pair of boxes.</summary>
    /// <param name="options">The options.</param>
    /// <param name="intersection">Area (volume in space) of what both cover.</param>
    /// <param name="union">Area of what at least one covers.</param>
    /// <param name="hull">Area of the smallest box round both.</param>
    /// <param name="distance">Squared distance of the centres.</param>
    /// <param name="diagonal">Squared diagonal of the smallest box round both.</param>
    /// <param name="angle">From the diagonal of the wanted box to that of the predicted one, in radians; 0 where one has no extent.</param>
    static abstract R Value<R>(in F options, R intersection, R union, R hull, R distance, R diagonal, R angle)
        where R : struct, IReal<R>;
}
