using TorchSharp.Modules;

namespace TorchLoss.Cli.Applications;

/// <summary>The losses of several tasks as one: their plain sum, or what a weighting or a balancer of gradients makes of them.</summary>
sealed class TaskSum : nn.Module<Tensor, Tensor, Tensor>
{
    readonly nn.Module? _weighting;
    readonly GradientBalancer? _balancer;
    readonly Parameter[] _shared;
    readonly Func<Tensor, Tensor, Tensor> _losses;
    double[] _seen = [];
    bool _started;

    /// <summary>Takes the losses of the tasks, and over the weighting, whose parameters are trained along.</summary>
    /// <param name="losses">The losses (tasks) of outputs and targets.</param>
    /// <param name="weighting">A weighting module, a <see cref="GradientBalancer"/>, or null for the plain sum.</param>
    /// <param name="shared">What all tasks share of the model: whose gradients are balanced.</param>
    public TaskSum(Func<Tensor, Tensor, Tensor> losses, object? weighting, params Parameter[] shared)
        : base(nameof(TaskSum))
    {
        _losses = losses;
        _weighting = weighting as nn.Module;
        _balancer = weighting as GradientBalancer;
        RegisterComponents();
        _shared = shared; // after the registration: they are the model's own
    }

    /// <summary>One loss of outputs and targets.</summary>
    public override Tensor forward(Tensor outputs, Tensor targets)
    {
        using var scope = NewDisposeScope();
        var losses = _losses(outputs, targets);
        var sum = training ? Learnt(losses) : losses.sum();
        return sum.MoveToOuterDisposeScope();
    }

    Tensor Learnt(Tensor losses)
    {
        Remember(losses.detach());
        return _weighting switch
        {
            GradNormLoss norm => (losses * norm.Weights).sum() + norm.call(Gradients(losses), losses.detach()),
            nn.Module<Tensor, Tensor> module => module.call(losses),
            _ => _balancer is null ? losses.sum() : Balanced(losses),
        };
    }

    /// <summary>The gradient of each task by what is shared, (tasks, D).</summary>
#pragma warning disable RS0030 // backward would add to the gradients that are being collected; every task goes through all that is shared
    Tensor Gradients(Tensor losses) =>
        stack([
            .. Enumerable
                .Range(0, (int)losses.shape[0])
                .Select(task =>
                    cat([
                        .. autograd
                            .grad([losses[task]], _shared, retain_graph: true)
                            .Select(gradient => gradient.reshape(-1)),
                    ])
                ),
        ]);
#pragma warning restore RS0030

    /// <summary>
    /// The plain sum with something added that is 0, but turns the gradient of what is shared into that of the balancer: the product of
    /// the shared parameters with the difference of the two. The tasks' own layers keep theirs.
    /// </summary>
    Tensor Balanced(Tensor losses)
    {
        var gradients = Gradients(losses);
        var turn = _balancer!.Direction(gradients) - gradients.sum(dim: 0);
        var product = cat([.. _shared.Select(parameter => parameter.reshape(-1))]).dot(turn);
        return losses.sum() + (product - product.detach());
    }

    void Remember(Tensor losses)
    {
        switch (_weighting)
        {
            case GradNormLoss norm when !_started:
                norm.Start(losses);
                break;
            case EMANormalizedLoss normalized:
                normalized.Step(losses);
                break;
            case DynamicWeightAverageLoss:
                var now = losses.to(float64).data<double>().ToArray();
                _seen = _seen.Length == 0 ? now : [.. _seen.Zip(now, (a, b) => a + b)];
                break;
        }

        _started = true;
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
