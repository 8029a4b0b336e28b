using System.Globalization;
using System.Text;
using Spectre.Console;
using TorchLoss.Cli.Runs;
using TorchLoss.Reporting;
using TorchLoss.Training;

namespace TorchLoss.Cli.Commands;

/// <summary><c>torchloss train --find-lr</c>: the loss over rising learning rates, and the rate at which it falls most steeply.</summary>
sealed class RateView(Shell shell, bool json)
{
    /// <summary>Searches, and writes learning-rate.svg and learning-rate.csv.</summary>
    public int Run(RunRequest request, string? folder)
    {
        using var plan = RunPlan.Of(request);
        using var run = new Run(plan, new EarlyStopping(0));
        var search = run.SearchRate();
        var path = Path.GetFullPath(folder ?? RunNames.Next($"{RunNames.DataName(plan)}-learning-rate"));
        OutputFolder.Guard(path, () => Write(path, search));
        var console = json ? shell.Aside : shell.Console;
        console.WriteLine(Verdict(search, plan.Config.LearningRate));
        console.WriteLine($"curve: {path}");
        console.WriteLine("       learning-rate.svg, learning-rate.csv");
        if (json)
        {
            shell.Out.WriteLine(
                Json.Line(
                    new
                    {
                        Run = path,
                        search.Suggestion,
                        search.Diverged,
                    }
                )
            );
        }

        return search.Suggestion is null ? ExitCode.Failed : ExitCode.Ok;
    }

    static string Verdict(RateSearch search, double used) =>
        search.Suggestion is { } rate
            ? $"the loss falls most steeply at {RunProgress.Number(rate)}: try --lr {Rounded(rate)} (otherwise {used:g4}){Open(search)}"
            : "the loss never fell: look at the data, the loss and its options";

    static string Open(RateSearch search) =>
        search.Diverged ? "" : "; it had not run away at the highest rate, so a higher one may do as well";

    static string Rounded(double rate) => rate.ToString("g1", CultureInfo.InvariantCulture);

    static void Write(string folder, RateSearch search)
    {
        var lines = new StringBuilder("learning_rate,loss,smoothed_loss\n");
        foreach (var point in search.Curve)
        {
            lines.Append(CultureInfo.InvariantCulture, $"{point.Rate},{point.Loss},{point.Smooth}\n");
        }

        File.WriteAllText(Path.Combine(folder, "learning-rate.csv"), lines.ToString());
        double[] rates = [.. search.Curve.Select(point => Math.Log10(point.Rate))];
        new LineChart
        {
            Title = "Loss over rising learning rates",
            Series =
            [
                new("loss of a batch", rates, [.. search.Curve.Select(point => point.Loss)]),
                new("smoothed", rates, [.. search.Curve.Select(point => point.Smooth)]),
            ],
            XLabel = "log10 of the learning rate",
            YLabel = "loss",
        }.Save(Path.Combine(folder, "learning-rate.svg"));
    }
}
