using TorchLoss.Training;

namespace TorchLoss.Cli.Runs;

/// <summary>What a model says to the samples that were held back; what does not belong to its task is empty.</summary>
sealed record HeldBack
{
    /// <summary>For a regression: the targets in their own units.</summary>
    public IReadOnlyList<double> Actual { get; private init; } = [];

    /// <summary>What the model says to them.</summary>
    public IReadOnlyList<double> Predicted { get; private init; } = [];

    /// <summary>Where the outputs are quantiles: those of each level.</summary>
    public IReadOnlyList<double[]> Quantiles { get; private init; } = [];

    /// <summary>For a classification: the class of each sample.</summary>
    public IReadOnlyList<long> Classes { get; private init; } = [];

    /// <summary>The score of each class, by sample; probabilities where the loss knows such.</summary>
    public IReadOnlyList<double[]> Scores { get; private init; } = [];

    /// <summary>Asks the model.</summary>
    public static HeldBack Of(RunPlan plan, Trainer trainer)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var (held, fit) = (plan.Sets.Validation, plan.Fit);
        var outputs = trainer.Predict(held.Inputs);
        if (plan.Task.Preprocessing.Target is not NumberTarget target)
        {
            // embeddings say nothing about a single sample
            return fit.Metrics is not null
                ? new()
                : new()
                {
                    Classes = held.Targets.cpu().data<long>().ToArray(),
                    Scores = Rows((fit.Probabilities ?? fit.Scores)(outputs)),
                };
        }

        double[] InUnits(Tensor values) => Numbers(values * target.Deviation + target.Mean);
        return new()
        {
            Actual = InUnits(held.Targets.to(float64)),
            Predicted = InUnits(fit.Scores(outputs).to(float64)),
            Quantiles = [.. fit.Quantiles.Select((_, i) => InUnits(outputs.narrow(1, i, 1).to(float64)))],
        };
    }

    static double[] Numbers(Tensor values) => values.to(float64).cpu().reshape(-1).data<double>().ToArray();

    static double[][] Rows(Tensor values) => [.. Numbers(values).Chunk((int)values.shape[1])];
}
