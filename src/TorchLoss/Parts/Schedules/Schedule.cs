namespace TorchLoss;

/// <summary>The value of an option at each step of a training: a pure function of the step, so that a resumed run needs nothing else.</summary>
public abstract class Schedule : Part
{
    /// <summary>The value at a step.</summary>
    /// <param name="step">The step, counted from 0; whether it is an update or an epoch is up to the caller.</param>
    public abstract double At(long step);

    /// <summary>The values at the steps <c>step</c>, float64.</summary>
    public override Tensor Run(TensorArguments inputs)
    {
        var step = inputs.Need("step", GetType().Name);
        InputCheck.Live(step, GetType().Name, nameof(step));
        InputCheck.Indices(step, GetType().Name);
        var values = step.cpu().contiguous().data<long>().Select(At).ToArray();
        return tensor(values, dtype: ScalarType.Float64, device: step.device).view(step.shape);
    }
}
