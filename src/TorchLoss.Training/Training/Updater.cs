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
        var weight = Enumerable.Range(at.Batch, count).Sum(batch => batches.WeightOf(at.Epoch, batch));
        Forget();
        Seed(at.Step);
        var sums = new double[1 + loss.TermNames.Count];
        for (var batch = at.Batch; batch < at.Batch + count; batch++)
            Backward(batches, at.Epoch, batch, weight, sums);
        if (!parallel.IsAlone)
            parallel.AddGradients(_ofModel); // what the loss learns gets its whole gradient in every process
        Step(at, rateFactor);
        var next = at with
        {
            Step = at.Step + 1,
            Batch = at.Batch + count,
            LossSum = at.LossSum + sums[0],
            Weight = at.Weight + weight,
            TermSums = Sum(at.TermSums, sums.AsSpan(1)),
            Samples = at.Samples + Enumerable.Range(at.Batch, count).Sum(batches.SizeOf),
        };
        return (next, weight > 0 ? sums[0] / weight : 0);
    }

    static IReadOnlyList<double> Sum(IReadOnlyList<double> before, ReadOnlySpan<double> now)
    {
        if (now.IsEmpty)
            return before;
        var sums = now.ToArray();
        for (var i = 0; i < before.Count; i++)
            sums[i] += before[i];
        return sums;
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

    /// <summary>Adds the gradient of one batch, and to the sums the loss and the terms of its samples.</summary>
    void Backward(Batcher batches, long epoch, int batch, double weight, double[] sums)
    {
        using var scope = NewDisposeScope();
        var samples = batches.Batch(epoch, batch);
        var value = loss.Compute(Outputs(samples.Inputs, epoch, batch), samples.Targets, samples.Weights);
        var numbers = value.Read();
        if (loss.NotFinite(numbers, $"in epoch {epoch + 1}, batch {batch + 1}") is { } problem)
            throw new TrainingException(problem);
        var mean = options.LossReduction == Reduction.Mean;
        var own = mean ? batches.WeightOf(epoch, batch) : 1;
        Backward(mean && own != weight && weight > 0 ? value.Total * (own / weight) : value.Total);
        for (var i = 0; i < sums.Length; i++)
            sums[i] += numbers.ElementAtOrDefault(i) * own;
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
