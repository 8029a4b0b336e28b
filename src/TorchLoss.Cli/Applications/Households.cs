using TorchLoss.Cli.Duels;
using TorchLoss.Reporting;
using TorchLoss.Training;

namespace TorchLoss.Cli.Applications;

/// <summary>
/// Engel's households: food expenditures spread the more, the higher the income. Bands between quantiles that follow it, against
/// bands of one width around least squares.
/// </summary>
static class Households
{
    /// <summary>Share of held-back rows inside the band.</summary>
    public const string Coverage = "inside 10-90 %";

    /// <summary>How far off the share is in the third of incomes where it is worst.</summary>
    public const string Worst = "off in the worst third";

    const string ByQuantile = "engel: QuantileLoss";
    const string OneWidth = "engel: least squares ± 1.28 σ";
    const double Nominal = 0.8;
    const double NormalQuantile = 1.2816;
    const int Folds = 5;
    const int Parts = 3;
    const int Epochs = 250;

    static readonly double[] Quantiles = [0.1, 0.25, 0.5, 0.75, 0.9];

    /// <summary>Each row is held back once for every seed.</summary>
    public static (Scores Scores, IReadOnlyList<Claim> Claims, FanChart Picture) Measure(ApplicationContext context)
    {
        using var scope = NewDisposeScope();
        var table = BuiltInData.Find("engel")!.Open();
        var (income, food) = (Scaled.Of(table["income"].Numbers()), Scaled.Of(table["foodexp"].Numbers()));
        var scores = new Scores(Coverage, Worst);
        foreach (var seed in context.Seeds(5))
        {
            var (bands, widths) = HeldBack(income, food, context, seed);
            scores.Add(ByQuantile, Judge(income, bands));
            scores.Add(OneWidth, Judge(income, widths));
            context.Say($"seed {seed}: engel done");
        }

        return (scores, Claims(scores, food.Values.Length), Picture(income, food, context));
    }

    static (bool[] Bands, bool[] Widths) HeldBack(Scaled income, Scaled food, ApplicationContext context, long seed)
    {
        var count = income.Values.Length;
        var (bands, widths) = (new bool[count], new bool[count]);
        var order = Shuffle.Order(count, seed, 0);
        for (var fold = 0; fold < Folds; fold++)
        {
            using var scope = NewDisposeScope();
            long[] held = [.. order.Where((_, i) => i % Folds == fold)];
            using var train = new TensorSet(
                income.Rows([.. order.Where((_, i) => i % Folds != fold)]),
                food.Rows([.. order.Where((_, i) => i % Folds != fold)]).squeeze(1)
            );
            var inputs = income.Rows(held);
            var edges = Learn(train, inputs, context, seed);
            var middle = LeastSquares.Predict(train.Inputs, train.Targets.unsqueeze(1), inputs);
            var rest = LeastSquares.Predict(train.Inputs, train.Targets.unsqueeze(1), train.Inputs).squeeze(1);
            var reach = NormalQuantile * (rest - train.Targets).square().mean().sqrt().ToDouble();
            foreach (var (i, row) in held.Index())
            {
                var value = food.Values[row];
                bands[row] = value >= edges[i, 0].ToDouble() && value <= edges[i, Quantiles.Length - 1].ToDouble();
                widths[row] = Math.Abs(value - middle[i, 0].ToDouble()) <= reach;
            }
        }

        return (bands, widths);
    }

    static Tensor Learn(TensorSet train, Tensor inputs, ApplicationContext context, long seed)
    {
        using var loss = new QuantileLoss(Quantiles);
        using var model = Models.Linear(1, Quantiles.Length, seed);
        return new Learning(context, Epochs, 0.03, Batch: 64).Predict(model, loss, train, inputs, seed);
    }

    /// <summary>The share inside, and the largest distance from the nominal one among thirds of the incomes.</summary>
    static double[] Judge(Scaled income, bool[] inside)
    {
        var byIncome = Enumerable.Range(0, inside.Length).OrderBy(row => income.Values[row]);
        var parts = byIncome.Chunk((inside.Length + Parts - 1) / Parts);
        return [Share(inside), parts.Max(rows => Math.Abs(Share(rows.Select(row => inside[row])) - Nominal))];
    }

    static double Share(IEnumerable<bool> inside) => inside.Average(yes => yes ? 1.0 : 0.0);

    static IReadOnlyList<Claim> Claims(Scores scores, int rows)
    {
        // Chance alone moves the share of so many rows by this much, two standard errors.
        var chance = 2 * Math.Sqrt(Nominal * (1 - Nominal) / rows);
        var shares = scores.Of(ByQuantile, Coverage);
        var (mean, deviation) = (Spread.Mean(shares), Spread.Deviation(shares));
        return
        [
            new(
                $"engel: {mean:0.0 %} ± {deviation:0.0 %} of {rows} held-back households lie inside the 10-90 % band of "
                    + $"QuantileLoss; 80 % ± {chance:0.0 %} are what it promises",
                Math.Abs(mean - Nominal) <= chance
            ),
            scores.Better(ByQuantile, OneWidth, Worst, less: true),
        ];
    }

    static FanChart Picture(Scaled income, Scaled food, ApplicationContext context)
    {
        using var scope = NewDisposeScope();
        using var train = new TensorSet(tensor(income.Values).unsqueeze(1), tensor(food.Values));
        const int Steps = 60;
        var inputs = linspace(income.Values.Min(), income.Values.Max(), Steps).unsqueeze(1);
        var edges = Learn(train, inputs, context, context.Seed);
        double[] Edge(int quantile) =>
            [.. Enumerable.Range(0, Steps).Select(i => food.Back(edges[i, quantile].ToDouble()))];
        double[] x = [.. Enumerable.Range(0, Steps).Select(i => income.Back(inputs[i, 0].ToDouble()))];
        return new()
        {
            Title = "Food expenditures over income: quantiles learnt by QuantileLoss",
            X = x,
            Bands = [new("10-90 %", Edge(0), Edge(4)), new("25-75 %", Edge(1), Edge(3))],
            Series = [new("median", x, Edge(2))],
            Points = new(
                "households",
                [.. income.Values.Select(v => income.Back(v))],
                [.. food.Values.Select(v => food.Back(v))]
            ),
            XLabel = "income, Belgian francs a year",
            YLabel = "food, Belgian francs a year",
        };
    }

    /// <summary>A column with mean 0 and deviation 1, and the way back.</summary>
    sealed record Scaled(float[] Values, double Mean, double Deviation)
    {
        public static Scaled Of(IReadOnlyList<double> numbers)
        {
            var mean = numbers.Average();
            var deviation = Math.Sqrt(numbers.Average(n => (n - mean) * (n - mean)));
            return new([.. numbers.Select(n => (float)((n - mean) / deviation))], mean, deviation);
        }

        public double Back(double value) => (value * Deviation) + Mean;

        public Tensor Rows(long[] rows) => tensor(Array.ConvertAll(rows, row => Values[row])).unsqueeze(1);
    }
}
