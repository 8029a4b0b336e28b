using TorchLoss.Training;

namespace TorchLoss.Cli.Runs;

/// <summary>The samples of a run: a task's, in the run's precision, with the weights they were given.</summary>
sealed class RunSets : IDisposable
{
    /// <summary>Makes them.</summary>
    /// <param name="task">The task; stays the caller's.</param>
    /// <param name="choices">Precision and weights.</param>
    public RunSets(TabularTask task, TrainerChoices choices)
    {
        using var scope = NewDisposeScope();
        var balanced =
            choices.ClassWeights == "balanced" ? ClassWeights.Balanced(task.Train.Targets, task.Outputs) : null;
        Train = Set(task.Train, choices.Type(), balanced);
        Validation = Set(task.Validation, choices.Type(), balanced);
    }

    /// <summary>What is learnt from.</summary>
    public TensorSet Train { get; }

    /// <summary>What is held back.</summary>
    public TensorSet Validation { get; }

    public void Dispose()
    {
        Train.Dispose();
        Validation.Dispose();
    }

    static TensorSet Set(TensorSet set, ScalarType type, Tensor? ofClass)
    {
        var targets = set.Targets.is_floating_point() ? set.Targets.to(type) : set.Targets;
        var weights = set.Weights;
        if (ofClass is not null)
        {
            var own = ofClass.index_select(0, set.Targets);
            weights = weights is null ? own : weights * own;
        }

        return new(set.Inputs.to(type).alias(), targets.alias(), weights?.to(type).alias());
    }
}
