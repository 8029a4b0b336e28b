using TorchLoss.Cli.Losses;
using TorchLoss.Training;

namespace TorchLoss.Cli.Runs;

/// <summary>Losses of ordered classes whose model answers questions "above class k?", one less than there are classes.</summary>
static class OrderedFit
{
    /// <summary>Each question is asked of all samples (CORAL): the class is how many are answered by yes.</summary>
    public static LossFit Levels(LossChoice loss, TabularTask task) =>
        Questions(loss, task) with
        {
            Arguments = (outputs, targets) =>
                [outputs, targets.unsqueeze(1).gt(arange(task.Outputs - 1, device: targets.device)).to(outputs.dtype)],
            Scores = outputs => Class(outputs.gt(0), outputs),
        };

    /// <summary>Each question is asked where the one before was answered by yes (CORN): probabilities multiply.</summary>
    public static LossFit Conditional(LossChoice loss, TabularTask task) =>
        Questions(loss, task) with
        {
            Arguments = (outputs, targets) => [outputs, targets],
            Scores = outputs => Class(outputs.sigmoid().cumprod(1).gt(0.5), outputs),
        };

    static LossFit Questions(LossChoice loss, TabularTask task)
    {
        if (!task.ClassNames.All(name => double.TryParse(name, out _)))
        {
            throw new UsageException(
                $"--loss {loss.Title} wants classes in an order, written as numbers; the target has {string.Join(", ", task.ClassNames.Take(5))}."
            );
        }

        var thresholds = task.Outputs - 1;
        return new()
        {
            Outputs = thresholds,
            Arguments = (outputs, targets) => [outputs, targets],
            Note = $"The classes are taken as ordered: {thresholds} questions \"above class k?\".",
        };
    }

    static Tensor Class(Tensor above, Tensor outputs) =>
        nn.functional.one_hot(above.sum(1, type: ScalarType.Int64), outputs.shape[1] + 1).to(outputs.dtype);
}
