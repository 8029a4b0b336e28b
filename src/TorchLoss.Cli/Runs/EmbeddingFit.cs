using TorchLoss.Cli.Losses;
using TorchLoss.Training;

namespace TorchLoss.Cli.Runs;

/// <summary>Losses of metric learning: the model gives each row a place, and rows of one class ought to lie together.</summary>
static class EmbeddingFit
{
    const long Width = 32;

    /// <summary>Options that follow from the width of an embedding and the number of classes.</summary>
    public static IReadOnlyList<string> Sizes { get; } =
    ["embedding_size", "feat_dim", "num_classes", "num_centers", "num_sub_centers"];

    /// <summary>The value of such an option.</summary>
    public static long Size(string option, LossChoice loss, TabularTask task) =>
        option switch
        {
            "embedding_size" or "feat_dim" => WidthOf(loss),
            "num_centers" => task.Outputs * PerClass(loss, "centers_per_class"),
            "num_sub_centers" => task.Outputs * PerClass(loss, "sub_centers"),
            _ => task.Outputs,
        };

    /// <summary>How such a loss is fed.</summary>
    /// <exception cref="UsageException">The loss wants batches of another make.</exception>
    public static LossFit Of(LossChoice loss, TabularTask task) =>
        !Takes(loss.Info)
            ? throw new UsageException(
                $"--loss {loss.Title} wants batches in which every class is equally often; here batches are drawn by chance."
            )
            : new()
            {
                Outputs = WidthOf(loss),
                Arguments = (outputs, targets) => [outputs, targets],
                Metrics = new RecallAtKMetric([1, 5]),
                IsPerSample = false,
                HasIgnorance = false,
                Note =
                    $"The model gives each row a place of {WidthOf(loss)} numbers; the metrics ask whether its nearest others are of its class.",
            };

    /// <summary>Whether batches that are drawn by chance will do.</summary>
    public static bool Takes(LossInfo info) => info.Name != nameof(CentroidTripletLoss);

    static long WidthOf(LossChoice loss) =>
        loss.Spec.Options.Get("embedding_size", loss.Spec.Options.Get("feat_dim", Width));

    static long PerClass(LossChoice loss, string option) =>
        Convert.ToInt64(loss.Spec.Options.Get<object?>(option, loss.Info.Options.First(o => o.Name == option).Default));
}
