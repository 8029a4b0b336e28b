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
        if (options.Accumulation == Accumulation.Joined && count > 1)
            Joined(batches, at, count, weight, sums);
        else
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
        var mean = options.LossReduction == Reduction.Mean;
        var own = mean ? batches.WeightOf(epoch, batch) : 1;
        Add(value, own, sums, epoch, batch);
        Backward(mean && own != weight && weight > 0 ? value.Total * (own / weight) : value.Total);
    }

    void Add(LossValue value, double weight, double[] sums, long epoch, int batch)
    {
        var numbers = value.Read();
        if (loss.NotFinite(numbers, $"in epoch {epoch + 1}, batch {batch + 1}") is { } problem)
            throw new TrainingException(problem);
        for (var i = 0; i < sums.Length; i++)
            sums[i] += numbers.ElementAtOrDefault(i) * weight;
    }

    /// <summary>Adds the gradient of several batches as of one, and to the sums its loss; see <see cref="Accumulation.Joined"/>.</summary>
    void Joined(Batcher batches, TrainingPosition at, int count, double weight, double[] sums)
    {
        using var scope = NewDisposeScope();
        SampleBatch[] parts = [.. Enumerable.Range(at.Batch, count).Select(batch => batches.Batch(at.Epoch, batch))];
        var outputs = Rehearsed(parts, at);
        // As where the model runs once: the seed of the update, of which its passes have used some, is no longer that of the loss.
        Draw(Place(at.Epoch, at.Batch + count));
        var joined = cat(outputs, 0).requires_grad_();
        var weights = parts[0].Weights is null ? null : cat([.. parts.Select(part => part.Weights!)], 0);
        var value = loss.Compute(joined, cat([.. parts.Select(part => part.Targets)], 0), weights);
        Add(value, options.LossReduction == Reduction.Mean ? weight : 1, sums, at.Epoch, at.Batch + count - 1);
        Backward(value.Total);
        PassOn(parts, outputs, joined.grad, at);
    }

    /// <summary>
    /// The outputs for each batch without a graph, of all processes. What the model keeps, such as the running statistics of batch norm,
    /// is then put back: the pass that learns changes it.
    /// </summary>
    Tensor[] Rehearsed(SampleBatch[] parts, TrainingPosition at)
    {
        using var quiet = no_grad();
        var kept = model.buffers().Select(buffer => (buffer, buffer.clone())).ToArray();
        var outputs = new Tensor[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            Draw(OwnPlace(at.Epoch, at.Batch + i));
            outputs[i] = parallel.Outputs(parts[i].Inputs, rows => Forward(model, rows));
        }
        foreach (var (buffer, before) in kept)
            buffer.copy_(before);
        return outputs;
    }

    /// <summary>Runs the batches again, with the same chance, and passes the gradient of their outputs on to the model.</summary>
    void PassOn(SampleBatch[] parts, Tensor[] outputs, Tensor? gradient, TrainingPosition at)
    {
        if (gradient is null)
            throw new TrainingException($"the loss {loss.Name} does not depend on any parameter that can be trained");
        var start = 0L;
        for (var i = 0; i < parts.Length; start += outputs[i++].shape[0])
        {
            using var scope = NewDisposeScope();
            Draw(OwnPlace(at.Epoch, at.Batch + i));
            PassOn(parts[i].Inputs, gradient.narrow(0, start, outputs[i].shape[0]));
        }
    }

    void PassOn(Tensor inputs, Tensor gradient)
    {
        if (!parallel.IsAlone)
        {
            var (first, rows) = parallel.Part(inputs.shape[0]);
            if (rows == 0)
                return;
            (inputs, gradient) = (Batcher.Rows(inputs, first, rows), gradient.narrow(0, first, rows));
        }
        Backward((Forward(model, inputs) * gradient).sum()); // its gradient by the outputs is the given one, bit for bit
    }

    /// <summary>
    /// Processes drop out other neurons for their other rows, and then share the chance of a loss that draws, as it sees all rows.
    /// </summary>
    Tensor Outputs(Tensor inputs, long epoch, int batch)
    {
        if (parallel.IsAlone)
            return Forward(model, inputs);
        Draw(OwnPlace(epoch, batch));
        var outputs = parallel.Outputs(inputs, rows => Forward(model, rows));
        Draw(Place(epoch, batch));
        return outputs;
    }

    ulong Place(long epoch, int batch) => SplitMix64.Mix(~options.Seed, (epoch << 32) | (long)batch);

    ulong OwnPlace(long epoch, int batch) => SplitMix64.Mix((long)Place(epoch, batch), options.Processes.Rank + 1);

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
