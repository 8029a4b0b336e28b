using TorchLoss.Training;

namespace TorchLoss.Cli.Applications;

/// <summary>Three tasks of one car: its consumption, its power, and where it was built; each in units of its own.</summary>
static class CarTasks
{
    /// <summary>What the tasks are called.</summary>
    public static string[] Names { get; } = ["miles per gallon", "horsepower", "origin"];

    /// <summary>The width of the model's input.</summary>
    public const int Measures = 4;

    /// <summary>Outputs of the model: two numbers and a score for each origin.</summary>
    public const int Outputs = 5;

    static readonly string[] Features = ["cylinders", "displacement", "weight_in_lbs", "acceleration"];
    static readonly string[] Origins = ["Europe", "Japan", "USA"];

    /// <summary>
    /// Cars to learn from and cars held back: standardised inputs (n, 4), and targets (n, 3) of miles, horsepower (both less their
    /// mean) and the number of the origin.
    /// </summary>
    public static (TensorSet Train, TensorSet Test) Open(long seed)
    {
        using var scope = NewDisposeScope();
        var table = BuiltInData.Find("cars")!.Open();
        string[] needed = [.. Features, "miles_per_gallon", "horsepower", "origin"];
        int[] rows = [.. Enumerable.Range(0, table.Rows).Where(row => needed.All(name => !table[name].IsMissing(row)))];
        int[] origins = [.. rows.Select(row => Array.IndexOf(Origins, table["origin"].Texts[row]))];
        var split = Split.ByClass(origins, 0.3, seed);
        var inputs = stack([.. Features.Select(Column)], 1);
        var targets = stack(
            [Column("miles_per_gallon"), Column("horsepower"), tensor(Array.ConvertAll(origins, o => (float)o))],
            1
        );
        var (known, held) = (Rows(split.Train), Rows(split.Validation));
        var learnt = inputs.index_select(0, known);
        var (mean, deviation) = (learnt.mean([0]), learnt.std(0));
        var shift = targets.index_select(0, known).mean([0]) * tensor(new float[] { 1, 1, 0 });
        TensorSet Part(Tensor part) =>
            new((inputs.index_select(0, part) - mean) / deviation, targets.index_select(0, part) - shift);
        return (Part(known), Part(held));

        Tensor Column(string name) => tensor(rows.Select(row => (float)table[name].Number(row)).ToArray());
        static Tensor Rows(IReadOnlyList<int> part) => tensor(part.Select(row => (long)row).ToArray());
    }

    /// <summary>The loss of each task, (3): squared miles, squared horsepower, nats.</summary>
    public static Tensor Losses(Tensor outputs, Tensor targets)
    {
        using var scope = NewDisposeScope();
        var error = (outputs.narrow(1, 0, 2) - targets.narrow(1, 0, 2)).square().mean([0]);
        var origin = nn.functional.cross_entropy(outputs.narrow(1, 2, Origins.Length), targets.select(1, 2).to(int64));
        return cat([error, origin.unsqueeze(0)]).MoveToOuterDisposeScope();
    }

    /// <summary>r2 of both numbers, and the share of right origins.</summary>
    public static double[] Measure(Tensor outputs, Tensor targets)
    {
        using var scope = NewDisposeScope();
        double R2(long column)
        {
            var report = new RegressionMetrics().Measure(outputs.select(1, column), targets.select(1, column));
            return report.Values["r2"];
        }

        var found = outputs.narrow(1, 2, Origins.Length).argmax(1);
        return [R2(0), R2(1), found.eq(targets.select(1, 2)).to(float64).mean().ToDouble()];
    }
}
