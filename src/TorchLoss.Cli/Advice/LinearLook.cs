namespace TorchLoss.Cli.Advice;

/// <summary>A linear model fitted in closed form, and its errors for rows that it was not shown.</summary>
static class LinearLook
{
    const double Ridge = 1e-3;
    const int MostInputs = 1500;
    const int LeastRows = 20;
    const double ToDeviation = 1.4826; // a normal deviation by the median deviation
    const double Far = 3;

    /// <summary>Looks at (n, d) inputs and (n, 1) targets.</summary>
    /// <returns>Null where there are too few rows, too many inputs, or nothing is left to explain.</returns>
    public static ErrorFacts? Of(Tensor inputs, Tensor targets)
    {
        if (inputs.shape[0] < LeastRows || inputs.shape[1] > MostInputs)
        {
            return null;
        }

        using var scope = NewDisposeScope();
        var (actual, predicted) = LeaveOneOut(inputs.to(float64), targets.to(float64).reshape(-1));
        double[] errors = [.. actual.Zip(predicted, (a, p) => a - p)];
        var middle = Figures.Median(errors);
        var deviation = ToDeviation * Figures.Median(errors.Select(e => Math.Abs(e - middle)));
        return deviation <= 0 || errors.Any(e => !double.IsFinite(e))
            ? null
            : new(
                (double)errors.Count(e => Math.Abs(e - middle) > Far * deviation) / errors.Length,
                Figures.Moment(errors, 4) - 3,
                Figures.Correlation([.. errors.Select(Math.Abs)], predicted),
                1 - errors.Sum(e => e * e) / actual.Sum(a => Math.Pow(a - actual.Average(), 2))
            );
    }

    /// <summary>
    /// A linear model's error for a row left out follows from the fit with it: e / (1 - h), h being the row's place on the diagonal of
    /// the hat matrix (Allen 1974, PRESS).
    /// </summary>
    static (double[] Actual, double[] Predicted) LeaveOneOut(Tensor inputs, Tensor targets)
    {
        var x = cat([inputs, ones(inputs.shape[0], 1, float64)], 1);
        var gram = x.t().mm(x) + eye(x.shape[1], dtype: float64) * (Ridge * x.shape[0]);
        var solved = linalg.solve(gram, x.t());
        var hat = (solved.t() * x).sum(dim: 1);
        var fitted = x.mm(solved.mm(targets.unsqueeze(1))).squeeze(1);
        var errors = (targets - fitted) / (1 - hat).clamp_min(1e-6);
        return (Figures.Array(targets), Figures.Array(targets - errors));
    }
}
