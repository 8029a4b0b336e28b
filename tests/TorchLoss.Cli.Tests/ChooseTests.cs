using System.Globalization;
using System.Runtime.CompilerServices;
using TorchLoss.Cli.Advice;
using TorchLoss.Cli.Losses;
using TorchLoss.Cli.Runs;

namespace TorchLoss.Cli.Tests;

/// <summary>Advice: its rules can be reached, name what exists, and say the right thing of data that everybody knows.</summary>
public sealed class ChooseTests
{
    /// <summary>A table for each rule, made so that the rule holds; with the goal where the user must name one.</summary>
    static readonly Dictionary<string, (string? Goal, Func<Random, string> Row)> Tables = new()
    {
        ["similar"] = (Goals.Similar, r => Classes(r, [1, 1, 1], 4)),
        ["ordered"] = (null, r => Ordered(r)),
        ["wrong labels"] = (null, r => Mislabelled(r)),
        ["very rare classes"] = (null, r => Classes(r, [20, 10, 1], 2)),
        ["rare class of two"] = (null, r => Classes(r, [20, 1], 2)),
        ["uneven classes"] = (null, r => Classes(r, [5, 1], 2)),
        ["calibrated"] = (Goals.Calibrated, r => Classes(r, [1, 1], 2)),
        ["many classes"] = (null, r => Classes(r, [.. Enumerable.Repeat(1.0, 25)], 2)),
        ["few rows per class"] = (null, r => Classes(r, [.. Enumerable.Repeat(1.0, 16)], 2)),
        ["two classes"] = (null, r => Classes(r, [1, 1], 2)),
        ["classes"] = (null, r => Classes(r, [1, 1, 1], 2)),
        ["interval"] = (Goals.Interval, r => Number(r, (x, e) => x + e)),
        ["counts"] = (null, r => Number(r, (x, _) => Poisson(r, Math.Exp(2.5 + 0.4 * x)))),
        ["scattered counts"] = (null, r => Number(r, (x, _) => Poisson(r, 60 * Math.Pow(r.NextDouble(), 3)))),
        ["often zero"] = (null, r => Number(r, (x, e) => r.NextDouble() < 0.4 ? 0 : Math.Exp(0.3 * (x + e)))),
        ["long tail of amounts"] = (null, r => Number(r, (x, e) => Math.Exp(x + e))),
        ["gross errors"] = (null, r => Number(r, (x, e) => x + 0.1 * e + (r.NextDouble() < 0.12 ? 40 : 0))),
        ["outliers"] = (null, r => Number(r, (x, e) => x + 0.3 * e + (r.NextDouble() < 0.04 ? 30 : 0))),
        ["growing spread"] = (null, r => Number(r, (x, e) => 5 * x + 2 * e * Math.Exp(0.7 * x))),
        ["numbers"] = (null, r => Number(r, (x, e) => x + e)),
    };

    public static TheoryData<string> RuleNames => [.. Rules.All.Select(rule => rule.Name)];

    [Theory]
    [MemberData(nameof(RuleNames))]
    public void Data_made_for_a_rule_reach_it(string name)
    {
        var (goal, row) = Tables[name];
        using var folder = new TemporaryFolder();
        var facts = Look(folder, row, goal);
        Assert.Contains(Rules.All, rule => rule.Name == name && rule.Holds(facts));
        var advised = Advisor.Advise(facts);
        Assert.Contains(advised.Picks, pick => pick.Rule == name);
    }

    [Fact]
    public void Plain_data_reach_no_rule_but_the_last()
    {
        using var folder = new TemporaryFolder();
        string[] Holding(string table) =>
            [.. Rules.All.Where(rule => rule.Holds(Look(folder, Tables[table].Row, null))).Select(rule => rule.Name)];
        Assert.Equal(["numbers"], Holding("numbers"));
        Assert.Equal(["classes"], Holding("classes"));
    }

    [Fact]
    public void Every_loss_of_a_rule_trains_on_such_data()
    {
        using var classes = RunPlan.Of(new RunRequest { Data = "iris" });
        using var two = RunPlan.Of(new RunRequest { Data = "breast_cancer" });
        using var digits = RunPlan.Of(new RunRequest { Data = "digits" });
        using var numbers = RunPlan.Of(new RunRequest { Data = "engel" });
        foreach (var rule in Rules.All)
        {
            var isNumber = rule.Metric is "mae" or "r2";
            var plan =
                isNumber ? numbers
                : rule.Name.Contains("two", StringComparison.Ordinal) ? two
                : digits;
            Assert.Contains(rule.Metric, new RunPlanMetrics(plan, rule.Losses[0].Loss).Names);
            Assert.All(rule.Losses, loss => LossAdapter.Fit(LossChoice.Parse(loss.Loss), plan.Task));
        }
    }

    [Fact]
    public void Every_loss_of_a_field_exists_and_each_goal_has_a_choice()
    {
        var goals = Fields.All.SelectMany(field => field.Goals.Select(goal => (field, goal))).ToList();
        Assert.All(goals, g => Assert.NotEmpty(g.goal.Losses));
        Assert.All(goals.SelectMany(g => g.goal.Losses), loss => LossChoice.Parse(loss.Loss));
        Assert.Equal(goals.Count, goals.DistinctBy(g => (g.field.Name, g.goal.Goal)).Count());
        foreach (var (field, goal) in goals)
        {
            var answer = Command.Succeed("choose", "--task", field.Name, "--goal", goal.Goal, "--json").Json;
            Assert.Equal(goal.Losses[0].Loss, answer.GetProperty("losses")[0].GetProperty("loss").GetString());
        }
    }

    [Theory]
    [InlineData("digits", null, "CrossEntropyLoss", "accuracy")]
    [InlineData("iris", null, "CrossEntropyLoss", "accuracy")]
    [InlineData("breast_cancer", null, "CrossEntropyLoss", "accuracy")]
    [InlineData("seattle_weather", null, "LogitAdjustedLoss", "macro_f1")]
    [InlineData("digits", "similar", "SupConLoss", "recall_at_1")]
    [InlineData("digits", "noisy-labels", "GeneralizedCrossEntropyLoss", "accuracy")]
    [InlineData("diabetes", null, "MSELoss", "r2")]
    [InlineData("cars", null, "HuberLoss", "mae")]
    [InlineData("engel", "interval", "QuantileLoss:quantiles=[0.1,0.5,0.9]", "mae")]
    [InlineData("names", null, "CrossEntropyLoss", "accuracy")]
    public void Known_data_get_known_advice(string data, string? goal, string loss, string metric)
    {
        var answer = Command.Succeed([
            "choose",
            "--data",
            data,
            "--json",
            .. goal is null ? [] : (string[])["--goal", goal],
        ]);
        Assert.Equal(loss, answer.Json.GetProperty("losses")[0].GetProperty("loss").GetString());
        Assert.Equal(metric, answer.Json.GetProperty("metric").GetString());
        Assert.InRange(answer.Json.GetProperty("losses").GetArrayLength(), 3, 5);
    }

    [Fact]
    public void Levels_of_a_scale_get_losses_of_an_order()
    {
        var answer = Command.Succeed(
            "choose",
            "--data",
            "cars",
            "--target",
            "cylinders",
            "--task",
            "classification",
            "--json"
        );
        Assert.Equal("CornLoss", answer.Json.GetProperty("losses")[0].GetProperty("loss").GetString());
    }

    [Fact]
    public void Reasons_have_the_figures_and_commands_can_be_copied()
    {
        var answer = Command.Succeed("choose", "--data", "seattle_weather");
        Assert.Contains("sun has 714 rows and snow 23", answer.Out, StringComparison.Ordinal);
        Assert.Contains("arXiv:2007.07314", answer.Out, StringComparison.Ordinal);
        var line = answer.Out.Split('\n').Single(l => l.Contains("torchloss compare", StringComparison.Ordinal)).Trim();
        var words = line.Split('"')
            .SelectMany((part, i) => i % 2 == 1 ? [part] : part.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        using var folder = new TemporaryFolder();
        Command.Succeed([.. words.Skip(1), "--epochs", "1", "--seeds", "1", "--out", folder.At("race")]);
    }

    [Fact]
    public void Advice_can_be_tried()
    {
        var answer = Command.Succeed("choose", "--data", "iris", "--try", "--epochs", "1", "--seeds", "2", "--json");
        Assert.Contains("the advice", answer.Json.GetProperty("verdict").GetString(), StringComparison.Ordinal);
        Assert.Equal(3, answer.Json.GetProperty("race").GetArrayLength());
    }

    [Fact]
    public void The_page_is_that_of_the_rules()
    {
        var page = Command.Succeed("choose", "--page").Out;
        Assert.True(
            page == File.ReadAllText(Page()),
            "docs/choosing.md is not what the rules say; run `torchloss choose --page`"
        );
        Assert.All(
            Rules.All.SelectMany(rule => rule.Losses),
            loss => Assert.Contains(loss.Loss, page, StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Without_options_it_says_what_can_be_asked()
    {
        var answer = Command.Succeed("choose").Out;
        Assert.All(Fields.All, field => Assert.Contains(field.Name, answer, StringComparison.Ordinal));
        Assert.All(Goals.All, goal => Assert.Contains(goal, answer, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("nothing", "choose", "--data", "nothing")]
    [InlineData("--target 'nothing'", "choose", "--data", "iris", "--target", "nothing")]
    [InlineData("calibrated", "choose", "--data", "iris", "--goal", "gold")]
    [InlineData("robust", "choose", "--data", "diabetes", "--goal", "calibrated")]
    [InlineData("--data it takes auto", "choose", "--data", "iris", "--task", "segmentation")]
    [InlineData("give --data", "choose", "--task", "regression")]
    [InlineData("boundaries", "choose", "--task", "segmentation", "--goal", "gold")]
    [InlineData("--try goes with --data", "choose", "--try")]
    [InlineData("--seeds goes with --try", "choose", "--data", "iris", "--seeds", "2")]
    [InlineData("name", "choose", "--data", "names", "--target", "name")]
    public void Wrong_use_is_refused(string words, params string[] args) => Command.Refused(2, [words], args);

    static DataFacts Look(TemporaryFolder folder, Func<Random, string> row, string? goal)
    {
        var random = new Random(7);
        var rows = Enumerable.Range(0, 400).Select(_ => row(random));
        var file = folder.File("table.csv", "a,b,target\n" + string.Join('\n', rows) + "\n");
        return DataLook.Of(new RunRequest { Data = file }, goal);
    }

    static string Line(double a, double b, object target) =>
        string.Create(CultureInfo.InvariantCulture, $"{a},{b},{target}");

    static string Number(Random random, Func<double, double, double> target)
    {
        var x = Normal(random);
        return Line(x, Normal(random), target(x, Normal(random)));
    }

    /// <summary>Classes of these shares, named by words, around places on a circle.</summary>
    static string Classes(Random random, double[] shares, double apart)
    {
        var place = random.NextDouble() * shares.Sum();
        var index = 0;
        while ((place -= shares[index]) > 0)
        {
            index++;
        }

        var angle = 2 * Math.PI * index / shares.Length;
        return Line(
            apart * Math.Cos(angle) + Normal(random),
            apart * Math.Sin(angle) + Normal(random),
            $"class{(char)('a' + index)}"
        );
    }

    static string Ordered(Random random)
    {
        var level = random.Next(1, 6);
        return Line(level + Normal(random), Normal(random), level);
    }

    static string Mislabelled(Random random)
    {
        var side = random.Next(2);
        var label = random.NextDouble() < 0.12 ? 1 - side : side;
        return Line(20 * side + Normal(random), Normal(random), label == 0 ? "left" : "right");
    }

    static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    static double Poisson(Random random, double mean)
    {
        var (count, left) = (-1, Math.Exp(-mean));
        for (var product = 1.0; product > left; product *= random.NextDouble())
        {
            count++;
        }

        return count;
    }

    static string Page([CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "docs", "choosing.md");

    /// <summary>What is measured with a loss.</summary>
    sealed class RunPlanMetrics(RunPlan plan, string loss)
    {
        public IReadOnlyList<string> Names
        {
            get
            {
                using var other = RunPlan.Of(new RunRequest { Data = plan.Config.Data, Loss = loss });
                return other.Metrics.Names;
            }
        }
    }
}
