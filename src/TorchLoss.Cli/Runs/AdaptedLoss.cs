using TorchLoss.Cli.Losses;
using TorchLoss.Training;

namespace TorchLoss.Cli.Runs;

/// <summary>A loss that is given a model's outputs and a table's targets; what it learns is trained along.</summary>
sealed class AdaptedLoss : nn.Module<Tensor, Tensor, Tensor>
{
    readonly LossFit _fit;
    readonly Func<Tensor[], Tensor> _evaluate;

    public AdaptedLoss(LossChoice loss, LossFit fit)
        : base(loss.Info.Name)
    {
        _fit = fit;
        Reduction = loss.IsBuiltIn ? Reduction.Mean : ReductionOf(loss.Info, fit.Options, loss.Title);
        if (loss.IsBuiltIn)
        {
            var builtIn = BuiltInLoss.Create(loss.Info.Name)!;
            register_module("loss", builtIn.Module);
            _evaluate = builtIn.Call;
        }
        else
        {
            var module = loss.Info.Create(fit.Options);
            register_module("loss", (nn.Module)module);
            string[] names = [.. loss.Info.Inputs.Select(i => i.Name)];
            _evaluate = inputs => module.Evaluate(Named(names, inputs));
        }
    }

    /// <summary>How it reduces a batch: mean or sum.</summary>
    public Reduction Reduction { get; }

    public override Tensor forward(Tensor outputs, Tensor targets) => _evaluate(_fit.Arguments(outputs, targets));

    static TensorArguments Named(string[] names, Tensor[] inputs)
    {
        var arguments = new TensorArguments();
        for (var i = 0; i < inputs.Length; i++)
        {
            arguments[names[i]] = inputs[i];
        }

        return arguments;
    }

    static Reduction ReductionOf(LossInfo info, OptionValues options, string title)
    {
        var given = options.TryGetValue("reduction", out var value)
            ? value
            : info.Options.FirstOrDefault(o => o.Name == "reduction")?.Default;
        return given?.ToString() switch
        {
            "None" => throw new UsageException($"--loss {title}: training needs one number; reduction is mean or sum."),
            "Sum" => Reduction.Sum,
            _ => Reduction.Mean,
        };
    }
}

/// <summary>The metrics of a task, seen through what the loss makes of the model's outputs.</summary>
sealed class AdaptedMetrics(ITaskMetrics inner, LossFit fit) : ITaskMetrics
{
    public IReadOnlyList<string> Names { get; } = fit.Extra is { } extra ? [.. inner.Names, extra.Name] : inner.Names;

    public MetricReport Measure(Tensor outputs, Tensor targets)
    {
        using var scope = NewDisposeScope();
        var report = inner.Measure(fit.Scores(outputs), targets);
        if (fit.Extra is not { } extra)
        {
            return report;
        }

        var values = new Dictionary<string, double>(report.Values) { [extra.Name] = extra.Measure(outputs, targets) };
        return report with { Values = values };
    }
}
