using TorchLoss.Cli.Losses;
using TorchLoss.Training;

namespace TorchLoss.Cli.Runs;

/// <summary>One loss, fed as its inputs want it.</summary>
sealed class AdaptedLoss : TrainedLoss
{
    readonly LossFit _fit;
    readonly Func<Tensor[], Tensor> _evaluate;
    readonly Func<Tensor[], Tensor, Tensor> _weighted;
    readonly ScheduledLoss? _scheduled;

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
            _weighted = (_, _) => throw new ArgumentException($"{loss.Title} takes no weights of samples.");
        }
        else
        {
            var module = _scheduled = Scheduled(loss, fit);
            var plain = module ?? loss.Info.Create(fit.Options);
            register_module("loss", (nn.Module)plain);
            string[] names = [.. loss.Info.Inputs.Select(i => i.Name)];
            _evaluate = inputs => plain.Evaluate(Named(names, inputs));
            _weighted = SampleWeighting.Of(loss, fit, plain, names, Reduction, m => register_module("single", m));
        }
    }

    public override Reduction Reduction { get; }

    public override Tensor forward(Tensor outputs, Tensor targets) => _evaluate(_fit.Arguments(outputs, targets));

    public override Tensor Weighted(Tensor outputs, Tensor targets, Tensor weights) =>
        _weighted(_fit.Arguments(outputs, targets), weights);

    public override void Step() => _scheduled?.step();

    /// <summary>Tensors by the names of a loss's inputs.</summary>
    internal static TensorArguments Named(string[] names, Tensor[] inputs)
    {
        var arguments = new TensorArguments();
        for (var i = 0; i < inputs.Length; i++)
        {
            arguments[names[i]] = inputs[i];
        }

        return arguments;
    }

    static ScheduledLoss? Scheduled(LossChoice loss, LossFit fit)
    {
        if (loss.Spec.Schedules.Count == 0)
        {
            return null;
        }

        try
        {
            var scheduled = new ScheduledLoss(loss.Info.Create(fit.Options));
            foreach (var (option, schedule) in loss.Spec.Schedules)
            {
                scheduled.Bind(option, schedule);
            }

            return scheduled;
        }
        catch (ArgumentException e)
        {
            throw new UsageException($"--loss {loss.Title}: {e.Message}");
        }
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
