using TorchLoss.Cli.Runs;
using TorchLoss.Reporting;
using TorchLoss.Training;

namespace TorchLoss.Cli.Applications;

/// <summary>Times to an event, many of them cut off: what Cox's loss makes of them, against forgetting that they are.</summary>
sealed class SurvivalDemo : Application
{
    const string Error = "error of coefficients";
    const string Order = "concordance";
    const string Truth = "the truth";
    const string Cox = nameof(CoxPHLoss);
    const string AllEvents = Cox + ", lost ones as events";
    const string Dropped = Cox + ", lost ones left out";
    const string Seconds = nameof(TorchSharp.Modules.MSELoss) + " of log time";
    const int Subjects = 800;
    const double NearTruth = 0.01;

    public override string Name => "survival";

    public override string About =>
        "Simulated patients whose true hazards are known: does a model learn them although many are lost on the way?";

    public override Findings Run(ApplicationContext context)
    {
        using var one = new FewThreads(0);
        var scores = new Scores(Error, Order);
        var found = new Dictionary<string, List<double[]>> { [Truth] = [Cohort.Coefficients] };
        var lost = new List<double>();
        foreach (var seed in context.Seeds(16))
        {
            var random = new Random((int)(seed % int.MaxValue));
            var (train, test) = (Cohort.Simulate(Subjects, random), Cohort.Simulate(Subjects, random));
            lost.Add(train.Events.Average(happened => happened ? 0.0 : 1.0));
            foreach (var method in (string[])[Cox, AllEvents, Dropped, Seconds])
            {
                var coefficients = Learn(method, train, context, seed);
                found.TryAdd(method, []);
                found[method].Add(coefficients);
                scores.Add(method, Measure(coefficients, test));
            }

            scores.Add(Truth, Measure(Cohort.Coefficients, test));
            context.Say($"seed {seed}: concordance {scores.Of(Cox, Order)[^1]:0.000}");
        }

        return new(
            ["method", Error, Order],
            scores.Rows,
            [.. Claims(scores, lost.Average())],
            [("coefficients", Picture(found))]
        )
        {
            Notes =
            [
                "Nothing is chosen: the problem is convex, and training goes on until its one minimum is reached.",
            ],
        };
    }

    static double[] Learn(string method, Cohort cohort, ApplicationContext context, long seed)
    {
        using var scope = NewDisposeScope();
        int[] rows = [.. Enumerable.Range(0, Subjects).Where(row => method != Dropped || cohort.Events[row])];
        using var train = cohort.Set(rows);
        using var model = Models.Linear(Cohort.Coefficients.Length, 1, seed);
        // The whole cohort in one batch: all who are at risk then stand against each event.
        new Learning(context, 200, 0.05, Batch: Subjects).Fit(model, Loss(method), train, seed);
        var sign = method == Seconds ? -Cohort.Shape : 1; // a Weibull time shrinks by the hazard's coefficient over its shape
        var weights = model.parameters().First().detach().to(float64).reshape(-1);
        return [.. weights.data<double>().Select(weight => weight * sign)];
    }

    static LossFunction Loss(string method)
    {
        var cox = new CoxPHLoss();
        return new(
            method,
            (output, target) =>
            {
                var (times, events) = (target.select(1, 0), target.select(1, 1).ne(0));
                return method switch
                {
                    Seconds => nn.functional.mse_loss(output.squeeze(1), times.log()),
                    AllEvents => cox.call(output.squeeze(1), times, ones_like(events)),
                    _ => cox.call(output.squeeze(1), times, events),
                };
            }
        );
    }

    static double[] Measure(double[] coefficients, Cohort test) =>
        [
            coefficients.Zip(Cohort.Coefficients, (found, truth) => Math.Abs(found - truth)).Average(),
            Concordance.Index([.. test.Inputs.Select(x => Cohort.Product(x, coefficients))], test.EventTimes),
        ];

    static IEnumerable<Claim> Claims(Scores scores, double lost)
    {
        var gap = scores.Mean(Truth, Order) - scores.Mean(Cox, Order);
        yield return new(
            $"{Cox} orders patients as the true hazards do: concordance {scores.Mean(Cox, Order):0.000} against "
                + $"{scores.Mean(Truth, Order):0.000}, although {lost:0 %} of the patients to learn from were lost",
            gap < NearTruth
        );
        foreach (var other in (string[])[AllEvents, Dropped, Seconds])
        {
            yield return scores.Better(Cox, other, Error, less: true);
        }

        yield return scores.Better(Cox, AllEvents, Order);
    }

    static BarChart Picture(Dictionary<string, List<double[]>> found) =>
        new()
        {
            Title = "Coefficients of the hazard, mean over the seeds",
            Names = Cohort.Names,
            Series =
            [
                .. ((string[])[Truth, Cox, AllEvents, Dropped]).Select(method => new BarSeries(
                    method,
                    [.. Cohort.Names.Select((_, k) => found[method].Average(run => run[k]))]
                )),
            ],
            ValueLabel = "log hazard ratio",
            Format = value => value.ToString("0.00"),
            Width = 960,
        };
}
