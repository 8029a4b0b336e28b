using System.Globalization;
using System.Text.RegularExpressions;
using TorchLoss.Reporting;
using TorchLoss.Training;

namespace TorchLoss.Cli.Runs;

/// <summary>The samples held back, one by one: which the model gets most wrong, and how sure it is of its answers.</summary>
static partial class Samples
{
    const int MostPictures = 24;
    const int MostRows = 12;
    const int MostInputs = 6;

    /// <summary>How sure the model is of its answers, and how often rightly; of two classes, how sure it is of the second one.</summary>
    public static Calibration? Calibration(RunPlan plan, HeldBack held)
    {
        var known = plan.Fit.Probabilities is not null && held.Scores.All(row => row.All(double.IsFinite));
        if (!known || held.Classes.Count == 0)
        {
            return null;
        }

        var names = plan.Task.ClassNames;
        return names.Count == 2
            ? new([.. held.Scores.Select(row => Share(row[1]))], [.. held.Classes.Select(c => c == 1)])
            {
                Of = $"the class {names[1]}",
            }
            : new(
                [.. held.Scores.Select(row => Share(row.Max()))],
                [.. held.Scores.Zip(held.Classes, (row, c) => Answer(row) == c)]
            );
    }

    /// <summary>Some samples, those that the model gets most wrong first.</summary>
    public static IReadOnlyList<ReportSample> MostWrong(RunPlan plan, HeldBack held)
    {
        using var scope = NewDisposeScope();
        var pixels = plan.Task.Images is { } form ? inputs => Grey(form, inputs) : Pixels(plan);
        var most = pixels is null ? MostRows : MostPictures;
        return [.. Order(held).Take(most).Select(i => Sample(plan, held, i, pixels))];
    }

    /// <summary>What these samples are.</summary>
    public static string About(RunPlan plan, HeldBack held)
    {
        if (held.Classes.Count == 0)
        {
            return $"Those of the {held.Actual.Count} samples held back that the prediction misses by most.";
        }

        var wrong = held.Scores.Zip(held.Classes, (row, c) => Answer(row) != c).Count(missed => missed);
        var sure = plan.Fit.Probabilities is null ? "" : " The percentage is how sure the model is of its answer.";
        return $"{wrong} of the {held.Classes.Count} samples held back are taken for another class. They come first, "
            + $"then those that are nearest to it.{sure}";
    }

    static int Answer(double[] scores) => Array.IndexOf(scores, scores.Max());

    /// <summary>Rounding may lead a probability out of its range.</summary>
    static double Share(double probability) => Math.Clamp(probability, 0, 1);

    static IEnumerable<int> Order(HeldBack held) =>
        held.Classes.Count > 0
            ? Enumerable.Range(0, held.Classes.Count).OrderBy(i => Lead(held.Scores[i], (int)held.Classes[i]))
            : Enumerable
                .Range(0, held.Actual.Count)
                .OrderByDescending(i => Math.Abs(held.Predicted[i] - held.Actual[i]));

    /// <summary>By how much the right class leads the best of the others; negative where it does not.</summary>
    static double Lead(double[] scores, int right) => scores[right] - scores.Where((_, c) => c != right).Max();

    static ReportSample Sample(RunPlan plan, HeldBack held, int i, Func<float[], double[,]>? pixels)
    {
        var names = plan.Task.ClassNames;
        var inputs = plan.Task.Validation.Inputs[i].cpu().data<float>().ToArray();
        var sample =
            held.Classes.Count > 0
                ? new ReportSample(names[(int)held.Classes[i]], names[Answer(held.Scores[i])])
                {
                    Number = plan.Fit.Probabilities is null ? null : Share(held.Scores[i].Max()),
                }
                : new ReportSample(RunProgress.Number(held.Actual[i]), RunProgress.Number(held.Predicted[i]))
                {
                    Number = Math.Abs(held.Predicted[i] - held.Actual[i]),
                };
        return pixels is null
            ? sample with
            {
                Inputs = [.. Words(plan.Task.Preprocessing, inputs).Take(MostInputs)],
            }
            : sample with
            {
                Pixels = pixels(inputs),
            };
    }

    /// <summary>The inputs as they stood in the table.</summary>
    static IEnumerable<KeyValuePair<string, string>> Words(Preprocessing preprocessing, float[] inputs)
    {
        var place = 0;
        foreach (var feature in preprocessing.Features)
        {
            var own = inputs.AsSpan(place, feature.Names.Count);
            place += own.Length;
            yield return new(feature.Column, Word(feature, own));
        }
    }

    static string Word(FeatureEncoding feature, ReadOnlySpan<float> own) =>
        feature switch
        {
            NumberEncoding number => (own[0] * number.Deviation + number.Mean).ToString("0.###"),
            CategoryEncoding category => own.IndexOf(1) is >= 0 and var i ? category.Categories[i] : "another",
            _ => "",
        };

    /// <summary>Where the columns of a table are the pixels of a square picture, pixel0, pixel1, ...: which they are.</summary>
    static Func<float[], double[,]>? Pixels(RunPlan plan)
    {
        var others = plan.Source.Table.Columns.Select(column => column.Name).Where(name => name != plan.Config.Target);
        var numbers = others.Select(Number).ToList();
        var side = (int)Math.Sqrt(numbers.Count);
        if (numbers.Count < 16 || side * side != numbers.Count || numbers.Distinct().Count() != numbers.Count)
        {
            return null;
        }

        var (first, last) = (numbers.Min(), numbers.Max());
        return first is 0 or 1 && last - first == numbers.Count - 1
            ? new PixelMap(side, first, [.. plan.Task.Preprocessing.Features.OfType<NumberEncoding>()]).Picture
            : null;
    }

    /// <summary>The mean of the channels of an image.</summary>
    static double[,] Grey(ImageForm form, float[] inputs)
    {
        var picture = new double[form.Height, form.Width];
        for (var i = 0; i < inputs.Length; i++)
        {
            var at = i % (form.Height * form.Width);
            picture[at / form.Width, at % form.Width] += inputs[i] / form.Channels;
        }

        return picture;
    }

    static int Number(string column) =>
        PixelName().Match(column) is { Success: true } match
            ? int.Parse(match.Groups["number"].Value, CultureInfo.InvariantCulture)
            : -1;

    [GeneratedRegex(@"^pixel[ _]?(?<number>\d{1,6})$", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase, 1000)]
    private static partial Regex PixelName();

    /// <summary>The pixels that inputs are. One that never changes is no input, and black.</summary>
    sealed record PixelMap(int Side, int First, NumberEncoding[] Features)
    {
        public double[,] Picture(float[] inputs)
        {
            var picture = new double[Side, Side];
            for (var i = 0; i < Features.Length; i++)
            {
                var at = Number(Features[i].Column) - First;
                picture[at / Side, at % Side] = inputs[i] * Features[i].Deviation + Features[i].Mean;
            }

            return picture;
        }
    }
}
