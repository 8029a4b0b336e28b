namespace TorchLoss.Training;

/// <summary>How metrics read outputs and targets.</summary>
internal static class MetricInputs
{
    /// <summary>
    /// Class indices: whole numbers as they are, rows of several columns by their largest, single numbers as 1 above a threshold.
    /// </summary>
    public static long[] Classes(Tensor values, double threshold = 0.5)
    {
        using var scope = NewDisposeScope();
        var here = values.detach().cpu();
        if (here.dim() == 2 && here.shape[1] > 1)
            here = here.argmax(1);
        else if (here.is_floating_point())
            here = here.gt(threshold);
        return here.to(int64).reshape(-1).data<long>().ToArray();
    }

    /// <summary>
    /// Scores of n x classes on the CPU in float64. One logit each becomes two columns, 0 and the logit, whose softmax is the
    /// sigmoid. Belongs to the dispose scope that is open.
    /// </summary>
    public static Tensor Scores(Tensor outputs, string metric)
    {
        var here = outputs.detach().cpu().to(float64);
        if (here.dim() == 1 || here.dim() == 2 && here.shape[1] == 1)
            return stack([zeros_like(here.reshape(-1)), here.reshape(-1)], 1);
        return here.dim() == 2
            ? here
            : throw new TrainingException(
                $"{metric} needs scores of n x classes or n logits, not {LossFunction.Describe(outputs)}"
            );
    }

    /// <summary>Scores as above, and a class for each row that has a column there.</summary>
    public static (Tensor Scores, long[] Classes) Classified(Tensor outputs, Tensor targets, string metric)
    {
        var scores = Scores(outputs, metric);
        var classes = Classes(targets);
        if (classes.Length != scores.shape[0])
            throw new TrainingException($"{metric}: {scores.shape[0]} predictions for {classes.Length} targets");
        if (Array.Exists(classes, c => c < 0 || c >= scores.shape[1]))
            throw new TrainingException(
                $"{metric}: targets go from {classes.Min()} to {classes.Max()}, but there are {scores.shape[1]} classes"
            );
        return (scores, classes);
    }

    /// <summary>The mean of a number for each sample; NaN where there is none.</summary>
    public static double Mean(Tensor values) => values.numel() == 0 ? double.NaN : values.mean().ToDouble();

    /// <summary>One number for each prediction and target in the target's own units. They belong to the dispose scope that is open.</summary>
    public static (Tensor Predicted, Tensor Actual) Numbers(
        Tensor outputs,
        Tensor targets,
        double mean,
        double deviation
    )
    {
        if (outputs.numel() != targets.numel())
            throw new TrainingException(
                $"{outputs.numel()} predictions for {targets.numel()} targets: one number each is needed"
            );
        return (InUnits(outputs, mean, deviation).reshape(-1), InUnits(targets, mean, deviation).reshape(-1));
    }

    /// <summary>Numbers on the CPU in float64, in the target's own units.</summary>
    public static Tensor InUnits(Tensor values, double mean, double deviation) =>
        values.detach().cpu().to(float64) * deviation + mean;
}
