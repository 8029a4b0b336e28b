namespace TorchLoss.Cli.Applications;

/// <summary>The losses of several tasks as one: their plain sum, or what a weighting makes of them.</summary>
sealed class TaskSum : nn.Module<Tensor, Tensor, Tensor>
{
    readonly nn.Module<Tensor, Tensor>? _weighting;
    readonly Func<Tensor, Tensor, Tensor> _losses;
    double[] _seen = [];

    /// <summary>Takes the losses of the tasks, and over the weighting, whose parameters are trained along.</summary>
    public TaskSum(Func<Tensor, Tensor, Tensor> losses, nn.Module<Tensor, Tensor>? weighting)
        : base(nameof(TaskSum))
    {
        _losses = losses;
        _weighting = weighting;
        RegisterComponents();
    }

    /// <summary>One loss of outputs and targets.</summary>
    public override Tensor forward(Tensor outputs, Tensor targets)
    {
        using var scope = NewDisposeScope();
        var losses = _losses(outputs, targets);
        var sum = _weighting?.call(losses) ?? losses.sum();
        if (training)
        {
            Remember(losses.detach());
        }

        return sum.MoveToOuterDisposeScope();
    }

    void Remember(Tensor losses)
    {
        switch (_weighting)
        {
            case EMANormalizedLoss normalized:
                normalized.Step(losses);
                break;
            case DynamicWeightAverageLoss:
                var now = losses.to(float64).data<double>().ToArray();
                _seen = _seen.Length == 0 ? now : [.. _seen.Zip(now, (a, b) => a + b)];
                break;
        }
    }

    /// <summary>Tells a weighting that looks back that an epoch has ended. It wants ratios, so sums over the epoch do.</summary>
    public void EndEpoch()
    {
        if (_weighting is DynamicWeightAverageLoss average && _seen.Length > 0)
        {
            using var sums = tensor(Array.ConvertAll(_seen, value => (float)value));
            average.Epoch(sums);
            _seen = [];
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _weighting?.Dispose();
        }

        base.Dispose(disposing);
    }
}
