using TorchLoss.Cli.Duels;
using TorchLoss.Cli.Runs;
using TorchLoss.Reporting;
using TorchLoss.Training;

namespace TorchLoss.Cli.Applications;

/// <summary>Forecasts of a whole season: losses against repeating the last one, and fans of quantiles.</summary>
/// <remarks>
/// MASE is the mean absolute error in units of the mean seasonal difference of the known values (Hyndman and Koehler 2006), so 1 is the
/// error of repeating seasons in the past; the part held back may be harder, hence the error of repeating there stands beside it.
/// Claims are judged season by season of the part held back: a series has one past only, and other initial weights are no other data.
/// </remarks>
sealed class SeriesDemo : Application
{
    const string Mase = "MASE";
    const string Smape = "SMAPE, %";
    const string Coverage = "inside 10-90 %";
    const string Width = "width of the band";
    const string Naive = "repeats last season";
    const string Scaled = nameof(MASELoss);
    const string Relative = nameof(SMAPELoss);
    const string Huber = nameof(TorchSharp.Modules.HuberLoss);
    const string Fan = nameof(MQLoss);
    const string Calibrated = Fan + ", calibrated";
    const int Batch = 64;
    const int Updates = 400;
    const int Members = 3;
    const double Nominal = 0.8;

    static readonly double[] Quantiles = [0.1, 0.25, 0.5, 0.75, 0.9];
    static readonly string[] Points = [Scaled, Relative, Huber];

    /// <summary>
    /// All linear: of windows of 2 and 4 seasons, the validation part chose linear ones for each series. A hidden layer over a single
    /// season was not tried.
    /// </summary>
    static readonly Setting[] Settings =
    [
        .. from anchor in (ForecastAnchor[])[ForecastAnchor.Last, ForecastAnchor.Season, ForecastAnchor.Level]
        from seasons in (int[])[1, 2, 4]
        from decay in (double[])[0.1, 3]
        select new Setting(anchor, seasons, decay),
    ];

    public override string Name => "series";

    public override string About =>
        "Sunspots, carbon dioxide and El Niño: is a forecast of the next season better than repeating the last?";

    public override Findings Run(ApplicationContext context)
    {
        using var one = new FewThreads(0);
        var scores = new Scores(Mase, Smape, Coverage, Width) { Unit = "seasons held back" };
        var choices = new Choices(context);
        var all = RealSeries.All();
        List<(string, Chart)> pictures = [];
        foreach (var series in all)
        {
            pictures.Add((series.Name, Compare(series, scores, choices, context)));
            context.Say($"{series.Name}: done");
        }

        return new(
            ["series: forecast", Mase, "of the error of repeating", Smape, Coverage, Width],
            [.. scores.Rows.Select(row => (string[])[row[0], row[1], Ratio(scores, row[0]), .. row.Skip(2)])],
            [.. all.SelectMany(series => Claims(series.Name, scores))],
            pictures
        )
        {
            Notes =
            [
                .. choices.Notes,
                $"{Fan} learns from the first half alone, as the next quarter calibrates its band; the others from both.",
            ],
        };
    }

    static string Ratio(Scores scores, string row) =>
        $"{scores.Mean(row, Mase) / scores.Mean($"{row.Split(':')[0]}: {Naive}", Mase):0.00}";

    static FanChart Compare(RealSeries series, Scores scores, Choices choices, ApplicationContext context)
    {
        using var scope = NewDisposeScope();
        // One choice for all losses, so that they alone differ.
        var setting = choices.Make(series.Name, Settings, Error);
        using var parts = series.Cut(setting.Seasons);
        using var known = parts.Known;
        using var test = parts.Test;
        Add(Naive, LastSeason(series, test.Inputs));
        foreach (var loss in Points)
        {
            Add(loss, Fit(loss, setting, known, test.Inputs));
        }

        var both = Fit(Fan, setting, parts.Train, cat([parts.Choice.Inputs, test.Inputs]));
        var (past, fan) = (both.narrow(0, 0, parts.Choice.Count), both.narrow(0, parts.Choice.Count, test.Count));
        var calibrated = Conformal.Calibrate(fan, past, parts.Choice.Targets, Quantiles);
        AddFan(Fan, fan);
        AddFan(Calibrated, calibrated);
        return Picture(series, calibrated[-1]);

        double Error(Setting tried)
        {
            using var cut = series.Cut(tried.Seasons);
            using var learnt = cut.Known;
            using var unseen = cut.Test;
            return (Fit(Huber, tried, cut.Train, cut.Choice.Inputs) - cut.Choice.Targets).abs().mean().ToDouble();
        }

        Tensor Fit(string loss, Setting setting, TensorSet train, Tensor inputs) =>
            SeriesDemo.Fit(loss, series, setting, train, inputs, context);

        void Add(string name, Tensor output, Tensor? band = null)
        {
            foreach (var season in Seasons(series, test.Count))
            {
                var (forecast, truth) = (
                    output.narrow(0, season.Start, season.Count),
                    test.Targets.narrow(0, season.Start, season.Count)
                );
                double[] inside = band is null
                    ? [double.NaN, double.NaN]
                    : Inside(band.narrow(0, season.Start, season.Count), truth, series);
                scores.Add($"{series.Name}: {name}", [.. Measure(series, forecast, truth), .. inside]);
            }
        }

        void AddFan(string name, Tensor band) => Add(name, band.select(2, Quantiles.Length / 2), band);
    }

    /// <summary>The windows of each season: where its first lies, and how many there are.</summary>
    static IEnumerable<(int Start, int Count)> Seasons(RealSeries series, int windows) =>
        Enumerable
            .Range(0, Math.Max(1, windows / series.Season))
            .Select(i => (i * series.Season, Math.Min(series.Season, windows)));

    /// <summary>The mean forecast of several networks with initial weights of their own.</summary>
    static Tensor Fit(
        string loss,
        RealSeries series,
        Setting setting,
        TensorSet train,
        Tensor inputs,
        ApplicationContext context
    )
    {
        using var scope = NewDisposeScope();
        var learning = new Learning(context, 1 + (Updates * Batch / train.Count), 3e-3, Batch, setting.Decay);
        var outputs = context
            .Seeds(Members)
            .Select(seed =>
            {
                using var model = new WindowForecaster(
                    series.Windows(setting.Seasons),
                    series.Spread,
                    [],
                    loss == Fan ? Quantiles.Length : 0,
                    seed,
                    setting.Anchor,
                    series.Counts,
                    series.Level
                );
                return learning.Predict(model, Loss(loss, series), train, inputs, seed);
            });
        return stack([.. outputs]).mean([0]).MoveToOuterDisposeScope();
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

    static double[] Inside(Tensor fan, Tensor target, RealSeries series)
    {
        using var scope = NewDisposeScope();
        var (low, high) = (fan.select(2, 0), fan.select(2, Quantiles.Length - 1));
        return
        [
            target.ge(low).logical_and(target.le(high)).to(float64).mean().ToDouble(),
            (high - low).mean().ToDouble() / series.Scale,
        ];
    }

    static IEnumerable<Claim> Claims(string series, Scores scores)
    {
        foreach (var loss in Points)
        {
            yield return scores.Better($"{series}: {loss}", $"{series}: {Naive}", Mase, less: true);
        }

        var worst = Points.Max(loss => scores.Mean($"{series}: {loss}", Mase));
        yield return new(
            $"{series}: the MASE of every loss is below 1, the error of repeating seasons in the past; {worst:0.000} in the worst case",
            worst < 1
        );
        var shares = scores.Of($"{series}: {Calibrated}", Coverage);
        var (before, after, margin) = (
            scores.Mean($"{series}: {Fan}", Coverage),
            Spread.Mean(shares),
            Spread.Margin(shares)
        );
        yield return new(
            $"{series}: calibrated, {after:0.0 %} ± {margin:0.0 %} of the values lie inside the 10-90 % band, which promises 80 %; "
                + $"{before:0.0 %} did before",
            Math.Abs(after - Nominal) <= margin && Math.Abs(after - Nominal) <= Math.Abs(before - Nominal)
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

    /// <summary>What is chosen for a forecast.</summary>
    sealed record Setting(ForecastAnchor Anchor, int Seasons, double Decay)
    {
        public override string ToString() => $"anchor {Anchor}, {Seasons} seasons, decay {Decay}";
    }
}
