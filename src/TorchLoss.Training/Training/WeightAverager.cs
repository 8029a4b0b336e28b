namespace TorchLoss.Training;

/// <summary>Keeps the average of a model's weights.</summary>
internal sealed class WeightAverager(nn.Module model, WeightAverage rule) : IDisposable
{
    Dictionary<string, Tensor> _average = [];

    /// <summary>How many weights are in the average.</summary>
    public long Taken { get; private set; }

    /// <summary>The average; empty before the first weights.</summary>
    public IReadOnlyDictionary<string, Tensor> Average => _average;

    /// <summary>Takes the weights of an update in, where the rule wants them.</summary>
    public void Take(double done, bool epochEnds)
    {
        var share = rule.Share(Taken, done, epochEnds);
        if (share <= 0)
            return;
        if (Taken++ == 0)
        {
            _average = Weights.Copy(model);
            return;
        }
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        foreach (var (name, value) in model.state_dict())
        {
            if (value.is_floating_point())
                _average[name].lerp_(value, share);
            else
                _average[name].copy_(value);
        }
    }

    /// <summary>Goes on from a saved average.</summary>
    public void Resume(IReadOnlyDictionary<string, Tensor> average, long taken)
    {
        Dispose();
        _average = Weights.Copy(average, model);
        Taken = taken;
    }

    /// <summary>Gives the average to the model.</summary>
    public void Give()
    {
        if (Taken > 0)
            Weights.Restore(model, _average);
    }

    /// <summary>Gives the average to the model until what is returned is disposed.</summary>
    public IDisposable Lend()
    {
        var own = Weights.Copy(model);
        Give();
        return new Loan(model, own);
    }

    public void Dispose() => Weights.Dispose(_average);

    sealed class Loan(nn.Module model, Dictionary<string, Tensor> own) : IDisposable
    {
        public void Dispose()
        {
            Weights.Restore(model, own);
            Weights.Dispose(own);
        }
    }
}
