namespace TorchLoss.Training;

/// <summary>Runs a model over a set without learning. The model is put back into the mode it was in.</summary>
internal sealed class Evaluator(nn.Module<Tensor, Tensor> model, LossFunction loss, TrainerOptions options)
{
    /// <summary>The outputs for all inputs, on the CPU.</summary>
    public Tensor Predict(Tensor inputs)
    {
        using var scope = NewDisposeScope();
        var parts = new List<Tensor>();
        Quietly(() =>
        {
            // Once also for no sample, so that the outputs have their shape.
            for (long start = 0; start == 0 || start < inputs.shape[0]; start += options.BatchSize)
                parts.Add(Output(Batcher.Rows(inputs, start, Math.Min(options.BatchSize, inputs.shape[0] - start))));
        });
        return cat(parts, 0).MoveToOuterDisposeScope();
    }

    /// <summary>Loss and metrics of a set, or of its first batches.</summary>
    public Evaluation Evaluate(SampleSet data, int? limit = null)
    {
        if (data.Count == 0)
            throw new TrainingException("there is no sample to measure");
        using var scope = NewDisposeScope();
        var parts = new List<Tensor>();
        var (sum, weight) = (0.0, 0.0);
        using var batches = new Batcher(
            data,
            options.BatchSize,
            shuffle: false,
            limit: limit,
            ahead: options.ReadAhead
        );
        Quietly(() =>
        {
            for (var i = 0; i < batches.Count; i++)
            {
                sum += Batch(batches, i, parts);
                weight += batches.WeightOf(0, i);
            }
        });
        return new(weight > 0 ? sum / weight : 0, Measure(cat(parts, 0), data.Targets));
    }

    MetricReport? Measure(Tensor outputs, Tensor targets) =>
        options.Metrics?.Measure(outputs, targets.narrow(0, 0, Math.Min(outputs.shape[0], targets.shape[0])));

    double Batch(Batcher batches, int batch, List<Tensor> outputs)
    {
        using var scope = NewDisposeScope();
        var (inputs, targets, weights) = batches.Batch(0, batch);
        var output = Updater.Forward(model, inputs);
        var value = loss.Compute(output, targets, weights).Total.ToDouble();
        outputs.Add(output.cpu().MoveToOuterDisposeScope());
        return options.LossReduction == Reduction.Mean ? value * batches.WeightOf(0, batch) : value;
    }

    Tensor Output(Tensor inputs)
    {
        using var scope = NewDisposeScope();
        return Updater.Forward(model, inputs.to(Devices.Parse(options.Device))).cpu().MoveToOuterDisposeScope();
    }

    void Quietly(Action run)
    {
        using var modes = new ModuleModes(model, loss.Module);
        using var quiet = no_grad();
        model.eval();
        loss.Module?.eval();
        run();
    }
}
