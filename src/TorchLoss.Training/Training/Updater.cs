using System.Runtime.InteropServices;
using TorchSharp.Modules;

namespace TorchLoss.Training;

/// <summary>One update of the parameters: forward, backward, clipping, step. No tensor outlives it.</summary>
internal sealed class Updater(
    nn.Module<Tensor, Tensor> model,
    LossFunction loss,
    OptimizerHelper optimizer,
    Parameter[] parameters,
    TrainerOptions options,
    DataParallel parallel
)
{
    readonly Parameter[] _ofModel = [.. model.parameters()];

    /// <summary>Trains on as many batches as make up an update.</summary>
    /// <param name="batches">The batches.</param>
    /// <param name="at">Where the run stands.</param>
    /// <param name="rateFactor">What the learning rate is multiplied by.</param>
    /// <returns>Where the run stands afterwards, and the mean loss of the samples.</returns>
    public (TrainingPosition Position, double Loss) Update(Batcher batches, TrainingPosition at, double rateFactor)
    {
        var count = Math.Min(options.Accumulate, batches.Count - at.Batch);
        var samples = Enumerable.Range(at.Batch, count).Sum(batches.SizeOf);
        Forget();
        Seed(at.Step);
        var sum = 0.0;
        for (var batch = at.Batch; batch < at.Batch + count; batch++)
            sum += Backward(batches, at.Epoch, batch, samples);
        if (!parallel.IsAlone)
            parallel.AddGradients(_ofModel); // what the loss learns gets its whole gradient in every process
        Step(at, rateFactor);
        var next = at with
        {
            Step = at.Step + 1,
            Batch = at.Batch + count,
            LossSum = at.LossSum + sum,
            Samples = at.Samples + samples,
        };
        return (next, sum / samples);
    }

    /// <summary>
    /// Chance is made anew for each update out of the seed and the step. So dropout depends on nothing that is drawn elsewhere, such
    /// as by validation or a callback, and a resumed run goes on with the same chance on every device.
    /// </summary>
    void Seed(long step)
    {
        Draw(SplitMix64.Mix(~options.Seed, step));
    }

    void Forget()
    {
        foreach (var parameter in parameters)
            parameter.grad = null;
    }

    /// <summary>Adds the gradient of one batch; returns the sum of its samples' losses.</summary>
    double Backward(Batcher batches, long epoch, int batch, int samples)
    {
        using var scope = NewDisposeScope();
        var (inputs, targets) = batches.Batch(epoch, batch);
        var size = batches.SizeOf(batch);
        var value = loss.Compute(Outputs(inputs, epoch, batch), targets);
        var number = value.ToDouble();
        if (!double.IsFinite(number))
            throw new TrainingException($"the loss {loss.Name} is {number} in epoch {epoch + 1}, batch {batch + 1}");
        var mean = options.LossReduction == Reduction.Mean;
        var weighted = mean && size != samples ? value * ((double)size / samples) : value;
        Backward(weighted);
        return mean ? number * size : number;
    }

    /// <summary>
    /// Processes drop out other neurons for their other rows, and then share the chance of a loss that draws, as it sees all rows.
    /// </summary>
    Tensor Outputs(Tensor inputs, long epoch, int batch)
    {
        if (parallel.IsAlone)
            return Forward(model, inputs);
        var place = SplitMix64.Mix(~options.Seed, (epoch << 32) | (long)batch);
        Draw(SplitMix64.Mix((long)place, options.Processes.Rank + 1));
        var outputs = parallel.Outputs(inputs, rows => Forward(model, rows));
        Draw(place);
        return outputs;
    }

    static void Draw(ulong seed)
    {
        using var generator = manual_seed((long)(seed >> 1));
    }

    void Backward(Tensor value)
    {
        if (!value.requires_grad && !parallel.IsAlone)
            return; // a process without a row of this batch
        if (!value.requires_grad)
            throw new TrainingException($"the loss {loss.Name} does not depend on any parameter that can be trained");
        try
        {
            value.backward();
        }
        catch (ExternalException e)
        {
            throw new TrainingException($"the gradient of {loss.Name} failed: {LossFunction.FirstLine(e)}", e);
        }
    }

    void Step(TrainingPosition at, double rateFactor)
    {
        using var scope = NewDisposeScope();
        if (options.CheckGradients)
            CheckGradients(at);
        if (options.ClipValue is { } limit)
            nn.utils.clip_grad_value_(Trained(), limit);
        if (options.ClipNorm is { } norm && !double.IsFinite(nn.utils.clip_grad_norm_(Trained(), norm)))
            throw new TrainingException(
                $"the gradient of {loss.Name} is not finite in epoch {at.Epoch + 1}, step {at.Step + 1}"
            );
        foreach (var group in optimizer.ParamGroups)
            group.LearningRate = group.InitialLearningRate * rateFactor;
        optimizer.step();
    }

    IEnumerable<Parameter> Trained() => parameters.Where(parameter => parameter.grad is not null);

    void CheckGradients(TrainingPosition at)
    {
        foreach (var (name, parameter) in model.named_parameters())
        {
            if (parameter.grad is { } gradient && !gradient.isfinite().all().ToBoolean())
            {
                throw new TrainingException(
                    $"the gradient of {loss.Name} for {name} is not finite in epoch {at.Epoch + 1}, step {at.Step + 1}"
                );
            }
        }
    }

    internal static Tensor Forward(nn.Module<Tensor, Tensor> model, Tensor inputs)
    {
        try
        {
            return model.call(inputs);
        }
        catch (ExternalException e)
        {
            throw new TrainingException(
                $"the model refused inputs {LossFunction.Describe(inputs)}: {LossFunction.FirstLine(e)}",
                e
            );
        }
    }
}
