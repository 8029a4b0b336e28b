using TorchLoss.Cli.Losses;
using TorchLoss.Cli.Runs;
using TorchLoss.Training;

namespace TorchLoss.Cli.Tests;

/// <summary>The catalogue against the command: what fits a table trains, all else is refused with a reason.</summary>
public sealed class TrainableTests
{
    static readonly (string Data, string Loss)[] Tasks = [("digits", "CrossEntropyLoss"), ("engel", "MSELoss")];

    [Fact]
    public void Every_loss_of_the_catalogue_fits_a_table_or_says_what_it_wants()
    {
        using var classes = RunPlan.Of(new RunRequest { Data = "digits" });
        using var numbers = RunPlan.Of(new RunRequest { Data = "engel" });
        var lines = LossCatalog.All.Select(info => $"{info.Family} {info.Name} {Answer(info, classes)} | {Answer(info, numbers)}");
        File.WriteAllLines("/tmp/wtcli/trainable.txt", lines);
    }

    static string Answer(LossInfo info, RunPlan plan)
    {
        try
        {
            var choice = LossChoice.Parse(info.Name);
            var fit = LossAdapter.Fit(choice, plan.Task);
            using var run = new Run(RunPlan.Of(new RunRequest { Data = plan.Config.Data, Loss = info.Name, Epochs = 1, Trainer = new() { LimitBatches = 2 } }), new EarlyStopping(0));
            run.Finish();
            return "OK";
        }
        catch (UsageException e)
        {
            return "USAGE " + e.Message;
        }
        catch (Exception e)
        {
            return "!!! " + e.GetType().Name + e.Message;
        }
    }
}
