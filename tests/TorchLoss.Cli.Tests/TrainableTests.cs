using TorchLoss.Cli.Losses;
using TorchLoss.Cli.Runs;

namespace TorchLoss.Cli.Tests;

/// <summary>The catalogue against the command: a loss fits a table, or the refusal says what it wants.</summary>
public sealed class TrainableTests
{
    [Fact]
    public void Every_loss_of_the_catalogue_fits_a_table_or_is_refused_with_a_reason()
    {
        using var classes = RunPlan.Of(new RunRequest { Data = "digits" });
        using var numbers = RunPlan.Of(new RunRequest { Data = "engel" });
        foreach (var info in LossCatalog.All)
        {
            foreach (var plan in (RunPlan[])[classes, numbers])
            {
                var reason = Refusal(info, plan);
                Assert.True(
                    reason is null || reason.StartsWith($"--loss {info.Name}", StringComparison.Ordinal),
                    reason
                );
            }
        }
    }

    [Fact]
    public void Most_losses_of_tables_fit_one()
    {
        using var classes = RunPlan.Of(new RunRequest { Data = "digits" });
        using var numbers = RunPlan.Of(new RunRequest { Data = "engel" });
        Family[] tables = [Family.Regression, Family.Robust, Family.Imbalance, Family.Ordinal, Family.Calibration];
        var refused = LossCatalog
            .All.Where(info => tables.Contains(info.Family))
            .Where(info => Refusal(info, classes) is not null && Refusal(info, numbers) is not null)
            .Select(info => info.Name);
        // Options or inputs that only the user knows, and vectors as targets.
        Assert.Equal(
            ["BiTemperedLogisticLoss", "CosineSimilarityLoss", "ForwardCorrectionLoss", "SORDLoss"],
            refused.Order(StringComparer.Ordinal)
        );
    }

    static string? Refusal(LossInfo info, RunPlan plan)
    {
        try
        {
            LossAdapter.Fit(LossChoice.Parse(info.Name), plan.Task);
            return null;
        }
        catch (UsageException e)
        {
            return e.Message;
        }
    }
}
