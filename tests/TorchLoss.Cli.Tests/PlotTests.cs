using System.Text.Json;
using TorchLoss.Cli.Losses;
using TorchLoss.Cli.Plots;

namespace TorchLoss.Cli.Tests;

/// <summary>Curves of losses: the right numbers, for every loss.</summary>
public sealed class PlotTests
{
    public static TheoryData<string> Losses => [.. LossCatalog.All.Select(l => l.Name)];

    [Theory]
    [MemberData(nameof(Losses))]
    public void Every_loss_has_a_curve_and_its_slope(string name)
    {
        using var scope = NewDisposeScope();
        var loss = new LossSpec(LossCatalog.Find(name)!, []);
        var slice = Slices.Of(loss);
        var middle = slice.From + (slice.To - slice.From) * 0.37;
        const double Step = 1e-5;

        var curves = Plots.Curves.Of(loss, slice, middle - Step, middle + Step, 3, alone: true);
        foreach (var curve in curves)
        {
            Assert.All(curve.Value, value => Assert.True(double.IsFinite(value), $"{name}: value {value}"));
            if (TorchLoss.Tests.Catalogue.Exceptions.Gradient.ContainsKey(name))
            {
                continue; // its gradient is not the slope of its value, by definition
            }

            var slope = (curve.Value[2] - curve.Value[0]) / (2 * Step);
            var size = Math.Max(1, Math.Abs(slope));
            Assert.True(
                Math.Abs(slope - curve.Gradient[1]) <= 1e-3 * size,
                $"{name} {curve.Name}: slope {curve.Gradient[1]}, by differences {slope}"
            );
        }
    }

    [Fact]
    public void The_numbers_are_those_of_the_formula()
    {
        var answer = Command.Succeed("plot", "MSELoss", "HuberLoss:delta=2", "--from", "-1", "--to", "5", "--json");
        var curves = JsonDocument.Parse(answer.Out).RootElement;
        Assert.Equal(
            ["MSELoss", "HuberLoss:delta=2"],
            curves.EnumerateArray().Select(c => c.GetProperty("name").GetString())
        );
        var (x, y, g) = (Numbers(curves[0], "x"), Numbers(curves[0], "value"), Numbers(curves[0], "gradient"));
        Assert.Equal((-1, 5), (x[0], x[^1]));
        for (var i = 0; i < x.Length; i++)
        {
            Assert.Equal((x[i] - 1) * (x[i] - 1), y[i], 1e-12);
            Assert.Equal(2 * (x[i] - 1), g[i], 1e-12);
        }

        Assert.Equal(2 * (4 - 1), Numbers(curves[1], "value")[^1], 1e-12);
    }

    [Fact]
    public void A_picture_is_written_and_misuse_is_told()
    {
        using var folder = new TemporaryFolder();
        var file = folder.At("focal.svg");
        Command.Succeed("plot", "FocalLoss", "--out", file);
        Assert.Contains("target 1", File.ReadAllText(file), StringComparison.Ordinal);

        Command.Refused(2, ["no axis in common", "logit"], "plot", "MSELoss", "FocalLoss");
        Command.Refused(2, ["--from", "--to"], "plot", "MSELoss", "--from", "2", "--to", "1");
        Command.Refused(2, [".svg or .png"], "plot", "MSELoss", "--out", folder.At("a.gif"));
        Command.Refused(2, ["there is no loss 'Nothing'"], "plot", "Nothing");
    }

    static double[] Numbers(JsonElement curve, string name) =>
        [.. curve.GetProperty(name).EnumerateArray().Select(n => n.GetDouble())];
}
