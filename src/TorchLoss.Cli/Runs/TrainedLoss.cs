using TorchLoss.Cli.Losses;

namespace TorchLoss.Cli.Runs;

/// <summary>A loss that is given a model's outputs and a table's targets; what it learns is trained along.</summary>
abstract class TrainedLoss(string name) : nn.Module<Tensor, Tensor, Tensor>(name)
{
    /// <summary>How it reduces a batch: mean or sum.</summary>
    public abstract Reduction Reduction { get; }

    /// <summary>The loss where samples count unlike.</summary>
    public abstract Tensor Weighted(Tensor outputs, Tensor targets, Tensor weights);

    /// <summary>An update was made: options that change while training go on.</summary>
    public virtual void Step() { }

    /// <summary>The loss as the command line names it.</summary>
    public static TrainedLoss Of(LossChoice loss, LossFit fit) =>
        loss.Terms.Count > 0 ? new SummedLoss(loss, fit) : new AdaptedLoss(loss, fit);
}
