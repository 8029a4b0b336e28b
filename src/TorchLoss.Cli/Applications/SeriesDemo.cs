using TorchLoss.Cli.Duels;
using TorchLoss.Cli.Runs;
using TorchLoss.Reporting;
using TorchLoss.Training;

namespace TorchLoss.Cli.Applications;

/// <summary>Forecasts of a whole season: losses against repeating the last one, and fans of quantiles.</summary>
sealed class SeriesDemo : Application
{
    const string Mase = "MASE";
    const string Smape = "SMAPE, %";
    const string Coverage = "inside 10-90 %";
    const string Naive = "repeats last season";
    const string Scaled = nameof(MASELoss);
    const string Relative = nameof(SMAPELoss);
    const string Huber = nameof(TorchSharp.Modules.HuberLoss);
    const string Fan = nameof(MQLoss);
    const int Batch = 64;
    const int Updates = 400;
    const int Hidden = 32;
    const double Nominal = 0.8;
    const double FarOff = 0.15;

    static readonly double[] Quantiles = [0.1, 0.25, 0.5, 0.75, 0.9];

    public override string Name => "series";

    public override string About =>
        "Sunspots, carbon dioxide and El Niño: is a forecast of the next season better than repeating the last?";

    public override Findings Run(ApplicationContext context)
    {
        using var one = new FewThreads(0);
        var (scores, shares) = (new Scores(Mase, Smape), new Scores(Coverage));
        var all = RealSeries.All();
        List<(string, Chart)> pictures = [];
        foreach (var series in all)
        {
            pictures.Add((series.Name, Compare(series, scores, shares, context)));
            context.Say($"{series.Name}: done");
        }

        return new(
            ["series: forecast", Mase, Smape, Coverage],
            [
                .. scores.Rows.Select(row =>
                    (string[])[.. row, shares.Rows.FirstOrDefault(r => r[0] == row[0])?[1] ?? ""]
                ),
            ],
            [.. all.SelectMany(series => Claims(series.Name, scores, shares))],
            pictures
        );
    }

    static FanChart Compare(RealSeries series, Scores scores, Scores shares, ApplicationContext context)
    {
        using var scope = NewDisposeScope();
        using var train = series.Train();
        using var test = series.Test();
        var learning = new Learning(context, 1 + (Updates * Batch / train.Count), 3e-3, Batch, 1);
        Tensor? fan = null;
        for (var i = 0; i < context.Times(3); i++)
        {
            var seed = context.Seed + i;
            scores.Add($"{series.Name}: {Naive}", Measure(series, LastSeason(series, test.Inputs), test.Targets));
            foreach (var loss in (string[])[Scaled, Relative, Huber])
            {
                using var model = new WindowForecaster(series.Windows, series.Scale, [Hidden], seed: seed);
                var output = learning.Predict(model, Loss(loss, series), train, test.Inputs, seed);
                scores.Add($"{series.Name}: {loss}", Measure(series, output, test.Targets));
            }

            using var several = new WindowForecaster(series.Windows, series.Scale, [Hidden], Quantiles.Length, seed);
            fan = learning.Predict(several, Loss(Fan, series), train, test.Inputs, seed);
            scores.Add($"{series.Name}: {Fan}", Measure(series, fan.select(2, Quantiles.Length / 2), test.Targets));
            shares.Add($"{series.Name}: {Fan}", Inside(fan, test.Targets));
        }

        return Picture(series, fan![-1]);
    }

    /// <summary>The losses in the series' own scale: a series of hundreds of ppm and one of degrees then learn alike.</summary>
    static LossFunction Loss(string name, RealSeries series)
    {
        var mase = new MASELoss(series.Season);
        var smape = new SMAPELoss();
        var quantiles = new MQLoss(Quantiles);
        return new(
            name,
            (output, target) =>
                name switch
                {
                    Scaled => mase.call(output, target, series.Insample(target.shape[0])),
                    Relative => smape.call(output, target),
                    Huber => nn.functional.huber_loss(output / series.Scale, target / series.Scale),
                    _ => quantiles.call(output / series.Scale, target / series.Scale),
                }
        );
    }

    static Tensor LastSeason(RealSeries series, Tensor inputs) =>
        inputs.narrow(1, inputs.shape[1] - series.Season, series.Season);

    static double[] Measure(RealSeries series, Tensor output, Tensor target)
    {
        using var scope = NewDisposeScope();
        using var mase = new MASELoss(series.Season);
        using var smape = new SMAPELoss(percentage: true);
        return
        [
            mase.call(output, target, series.Insample(target.shape[0])).ToDouble(),
            smape.call(output, target).ToDouble(),
        ];
    }

    static double Inside(Tensor fan, Tensor target)
    {
        using var scope = NewDisposeScope();
        var (low, high) = (fan.select(2, 0), fan.select(2, Quantiles.Length - 1));
        return target.ge(low).logical_and(target.le(high)).to(float64).mean().ToDouble();
    }

    static IEnumerable<Claim> Claims(string series, Scores scores, Scores shares)
    {
        string[] learnt = [Scaled, Relative, Huber, Fan];
        var worst = learnt.Select(loss => $"{series}: {loss}").MaxBy(name => scores.Mean(name, Mase))!;
        var ratio = scores.Mean(worst, Mase) / scores.Mean($"{series}: {Naive}", Mase);
        yield return new(
            $"{series}: every loss stays below the error of repeating the last season, at {ratio:0.00} of it in the worst case",
            ratio < 1
        );
        yield return scores.Better(worst, $"{series}: {Naive}", Mase, less: true);
        var share = shares.Mean($"{series}: {Fan}", Coverage);
        yield return new(
            $"{series}: {share:0.0 %} of the held-back values lie inside the 10-90 % band, which is "
                + $"{100 * Math.Abs(share - Nominal):0.0} points off the 80 % of the past it has learnt",
            Math.Abs(share - Nominal) <= FarOff
        );
    }

    static FanChart Picture(RealSeries series, Tensor fan)
    {
        var season = series.Season;
        double[] years = [.. series.Years.TakeLast(season)];
        double[] Edge(int quantile) => [.. Enumerable.Range(0, season).Select(step => fan[step, quantile].ToDouble())];
        var shown = 4 * season;
        return new()
        {
            Title = $"The last season of {series.Name}, forecast by {Fan} from what came before",
            X = years,
            Bands = [new("10-90 %", Edge(0), Edge(4)), new("25-75 %", Edge(1), Edge(3))],
            Series =
            [
                new("median", years, Edge(2)),
                new("measured", [.. series.Years.TakeLast(shown)], [.. series.Values.TakeLast(shown)]),
            ],
            XLabel = "year",
            YearsX = true,
            YLabel = series.Quantity,
        };
    }
}
