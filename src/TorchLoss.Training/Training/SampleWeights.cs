namespace TorchLoss.Training;

/// <summary>How a loss of the catalogue is given the weights of samples.</summary>
internal static class SampleWeights
{
    const string Name = "sample_weight";

    /// <summary>The loss as a function of outputs, targets and weights; null where it takes no sample_weight.</summary>
    public static Func<Tensor, Tensor, Tensor, Tensor>? Of(nn.Module<Tensor, Tensor, Tensor> module)
    {
        if (module is not ILoss loss || !loss.Info.Inputs.Any(input => input.Name == Name))
            return null;
        var (outputs, targets) = (loss.Info.Inputs[0].Name, loss.Info.Inputs[1].Name);
        return (x, y, weights) =>
            loss.Evaluate(
                new()
                {
                    [outputs] = x,
                    [targets] = y,
                    [Name] = weights,
                }
            );
    }
}
