namespace TorchLoss.Cli.Applications;

/// <summary>Linear least squares with an intercept, in closed form: the baseline that needs no training.</summary>
static class LeastSquares
{
    /// <summary>Kept on the diagonal, as a share of the rows: columns that add up to a constant leave no single solution.</summary>
    const double Ridge = 1e-6;

    /// <summary>Fits (n, d) inputs to (n, k) targets and predicts for others; float32 in and out, float64 within.</summary>
    public static Tensor Predict(Tensor inputs, Tensor targets, Tensor others)
    {
        using var scope = NewDisposeScope();
        var x = WithOne(inputs);
        var gram = x.T.mm(x) + eye(x.shape[1], dtype: float64) * (Ridge * x.shape[0]);
        var weights = linalg.solve(gram, x.T.mm(targets.to(float64)));
        return WithOne(others).mm(weights).to(float32).MoveToOuterDisposeScope();
    }

    static Tensor WithOne(Tensor inputs) => cat([inputs.to(float64), ones(inputs.shape[0], 1, float64)], 1);
}
