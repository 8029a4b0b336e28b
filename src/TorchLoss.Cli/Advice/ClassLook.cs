namespace TorchLoss.Cli.Advice;

/// <summary>How classes lie in the space of the inputs.</summary>
static class ClassLook
{
    const int Neighbours = 10;
    const int NearlyAll = 9;
    const int LeastRows = 100;
    const int LeastLevels = 4;
    const double Frequent = 3;

    static readonly string[][] Scales =
    [
        ["low", "medium", "high"],
        ["small", "medium", "large"],
        ["poor", "fair", "good", "excellent"],
        ["never", "rarely", "sometimes", "often", "always"],
        ["mild", "moderate", "severe"],
    ];

    /// <summary>The place of each class on a scale, by its name: numbers, or words such as low, medium and high; null where there is none.</summary>
    public static double[]? Levels(IReadOnlyList<string> names)
    {
        if (
            names.Count >= LeastLevels
            && names.All(name => double.TryParse(name, out var level) && double.IsInteger(level))
        )
        {
            return [.. names.Select(double.Parse)];
        }

        var scale = Scales.FirstOrDefault(words =>
            names.Count > 2 && names.All(name => words.Contains(name.ToLowerInvariant()))
        );
        return scale is null ? null : [.. names.Select(name => (double)Array.IndexOf(scale, name.ToLowerInvariant()))];
    }

    /// <summary>Whether classes lie the farther apart the more steps are between them: the correlation of distance and steps.</summary>
    public static double Order(Tensor inputs, Tensor classes, double[] levels)
    {
        using var scope = NewDisposeScope();
        var member = nn.functional.one_hot(classes, levels.Length).to(inputs.dtype);
        var centres = member.t().mm(inputs) / member.sum(dim: 0).clamp_min(1).unsqueeze(1);
        var apart = Figures.Array(cdist(centres, centres));
        var (steps, distances) = (new List<double>(), new List<double>());
        for (var i = 0; i < levels.Length; i++)
        {
            for (var j = i + 1; j < levels.Length; j++)
            {
                steps.Add(Math.Abs(levels[i] - levels[j]));
                distances.Add(apart[i * levels.Length + j]);
            }
        }

        return Figures.Correlation(steps, distances);
    }

    /// <summary>
    /// The share of rows whose nearest others nearly all bear one other label. Where classes merely overlap, neighbours are mixed; where
    /// labels are wrong, they agree on another one. Labels much more frequent than the row's own do not count: they surround rare ones
    /// by their number alone.
    /// </summary>
    /// <returns>Null where there are too few rows.</returns>
    public static double? Disagreement(Tensor inputs, Tensor classes, int count)
    {
        var rows = inputs.shape[0];
        if (rows < LeastRows)
        {
            return null;
        }

        using var scope = NewDisposeScope();
        var apart = cdist(inputs, inputs) + diag(full(rows, double.PositiveInfinity, dtype: inputs.dtype));
        apart = apart.nan_to_num(double.MaxValue);
        var (_, nearest) = apart.topk(Neighbours, 1, largest: false);
        var member = nn.functional.one_hot(classes, count).to(float64);
        var votes = member.index_select(0, nearest.reshape(-1)).view(rows, Neighbours, count).sum(dim: 1);
        var (most, label) = votes.max(1);
        var sizes = member.sum(dim: 0);
        var alike = sizes.index_select(0, label).le(sizes.index_select(0, classes) * Frequent);
        var wrong = most.ge(NearlyAll).logical_and(label.ne(classes)).logical_and(alike);
        return wrong.to(float64).mean().ToDouble();
    }
}
