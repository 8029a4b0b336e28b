using TorchLoss.Cli.Losses;
using TorchLoss.Training;

namespace TorchLoss.Cli.Runs;

/// <summary>Decides from the card of a loss whether it can teach a model on a table, and how its inputs are made.</summary>
/// <remarks>
/// A classification gives each class a logit, a regression has one output for the standardised target, unless the loss wants more.
/// Rules are tried in their order; the first whose inputs are those of the loss counts.
/// </remarks>
static class LossAdapter
{
    const int NamedLosses = 12;
    const string OneHotMode = "Multilabel";

    static readonly string[] Column = ["*", "N *", "B *", "N", "B"];
    static readonly string[] PerClass = ["N C *", "N C", "*", "N *", "N * V"];
    static readonly string[] Index = ["N *", "N"];
    static readonly double[] DefaultQuantiles = [0.1, 0.5, 0.9];

    static readonly Rule[] Rules =
    [
        new(TaskKind.Regression, info => info.Name is nameof(Standard.PoissonNLLLoss) or nameof(TweedieLoss), Rates),
        new(TaskKind.Regression, Takes((Role.Prediction, ["B * Q", "N Q"]), (Role.Target, Column)), Quantiles),
        new(TaskKind.Regression, Takes((Role.Prediction, Column), (Role.Target, Column)), Value),
        new(
            TaskKind.Regression,
            info => info.Name is nameof(CCCLoss) or nameof(PearsonLoss) or nameof(R2Loss),
            Agreement
        ),
        new(TaskKind.Regression, Takes((Role.Positive, Column), (Role.Positive, Column)), Amounts),
        new(
            TaskKind.Regression,
            Takes((Role.Prediction, Column), (Role.Target, Column), (Role.Positive, Column)),
            ValueAndSpread
        ),
        new(TaskKind.Classification, Takes((Role.Logits, ["N K"]), (Role.BinaryTarget, ["N K"])), OrderedFit.Levels),
        new(TaskKind.Classification, Takes((Role.Logits, ["N K"]), (Role.ClassIndex, Index)), OrderedFit.Conditional),
        new(TaskKind.Classification, Takes((Role.Embedding, ["N D"]), (Role.Label, Index)), EmbeddingFit.Of),
        new(TaskKind.Classification, Takes((Role.Embedding, ["N D"]), (Role.ClassIndex, Index)), EmbeddingFit.Of),
        new(
            TaskKind.Classification,
            Takes((Role.Logits, PerClass), (Role.ClassIndex, Index)),
            Classes((x, _) => x, (y, _) => y, Softmax)
        ),
        new(
            TaskKind.Classification,
            Takes((Role.LogProbability, PerClass), (Role.ClassIndex, Index)),
            Classes((x, _) => x.log_softmax(1), (y, _) => y, Softmax)
        ),
        new(
            TaskKind.Classification,
            Takes((Role.LogProbability, PerClass), (Role.Probability, PerClass)),
            Classes((x, _) => x.log_softmax(1), OneHot, Softmax)
        ),
        new(
            TaskKind.Classification,
            Takes((Role.Probability, ["N C *"]), (Role.BinaryTarget, ["N C *"])),
            Classes(
                (x, _) => Region(x.softmax(1)),
                (y, x) => Region(OneHot(y, x)),
                Softmax,
                "The batch is one region per class.",
                perSample: false
            )
        ),
        new(
            TaskKind.Classification,
            Takes((Role.Probability, PerClass), (Role.BinaryTarget, PerClass)),
            Classes((x, _) => x.sigmoid(), OneHot, Sigmoid)
        ),
        new(
            TaskKind.Classification,
            Takes((Role.Logits, PerClass), (Role.BinaryTarget, PerClass)),
            Classes((x, _) => x, OneHot, Sigmoid)
        ),
        new(
            TaskKind.Classification,
            Takes((Role.Logits, PerClass), (Role.SignTarget, PerClass)),
            Classes((x, _) => x, (y, x) => OneHot(y, x) * 2 - 1)
        ),
    ];

    /// <summary>The losses of the catalogue whose inputs fit and whose options are known, PyTorch's own first.</summary>
    public static IEnumerable<LossInfo> Fitting(TaskKind task) =>
        LossCatalog
            .All.Where(info => Rules.Any(rule => rule.Task == task && rule.Accepts(info)))
            .Where(info => info.Options.All(o => !o.Required || FollowsFromData(o)) && EmbeddingFit.Takes(info))
            .OrderBy(info => info.Family is not Family.Standard);

    /// <summary>What kind of task the inputs of a loss fit; null where none.</summary>
    public static TaskKind? KindOf(LossInfo info) => Rules.FirstOrDefault(rule => rule.Accepts(info))?.Task;

    /// <summary>How a loss is fed on a task.</summary>
    /// <exception cref="UsageException">It does not fit; the message says what it wants and which losses fit.</exception>
    public static LossFit Fit(LossChoice loss, TabularTask task)
    {
        if (loss.Terms.Count > 0)
        {
            return Sum(loss, [.. loss.Terms.Select(term => Fit(term.Loss, task))]);
        }

        if (loss.Info.Name == nameof(CombinedLoss) && !loss.Spec.Options.ContainsKey("losses"))
        {
            throw Misfit(loss, task);
        }

        var rule = Rules.FirstOrDefault(r => r.Task == task.Kind && r.Accepts(loss.Info)) ?? throw Misfit(loss, task);
        var fit = rule.Make(loss, task) with { Options = Options(loss, task) };
        return loss.Info.Family == Family.Segmentation ? fit with { IsPerSample = false } : fit;
    }

    /// <summary>A sum looks at outputs as its first term does; all must want as many.</summary>
    static LossFit Sum(LossChoice loss, IReadOnlyList<LossFit> terms)
    {
        if (terms.Index().FirstOrDefault(term => term.Item.Outputs != terms[0].Outputs) is { Item: not null } other)
        {
            throw new UsageException(
                $"--loss {loss.Title}: the terms of a sum share the model's outputs, but {loss.Terms[0].Loss.Title} wants "
                    + $"{terms[0].Outputs} of them and {loss.Terms[other.Index].Loss.Title} {other.Item.Outputs}."
            );
        }

        var notes = string.Join(" ", terms.Select(term => term.Note).OfType<string>().Distinct());
        return terms[0] with { Terms = terms, Note = notes.Length > 0 ? notes : null };
    }

    static bool FollowsFromData(OptionInfo option) =>
        option.Type == typeof(ClassCounts)
        || option.Name is "num_classes" or "quantiles"
        || IsRegionMode(option)
        || EmbeddingFit.Sizes.Contains(option.Name);

    /// <summary>Whether targets are class indices or one-hot rows, as rules give them.</summary>
    static bool IsRegionMode(OptionInfo option) =>
        option is { Name: "mode", Type.IsEnum: true } && Enum.IsDefined(option.Type, OneHotMode);

    /// <summary>The options that were given and those that follow from the data; a loss that keeps single losses takes their mean.</summary>
    static OptionValues Options(LossChoice loss, TabularTask task)
    {
        var options = new OptionValues(loss.Spec.Options);
        foreach (var option in loss.Info.Options.Where(o => o.Required && !options.ContainsKey(o.Name)))
        {
            options[option.Name] =
                option.Type == typeof(ClassCounts) ? ClassCounts.Of(task.Train.Targets, task.Outputs)
                : option.Name == "num_classes" ? (long)task.Outputs
                : option.Name == "quantiles" ? DefaultQuantiles
                : IsRegionMode(option) ? Enum.Parse(option.Type, OneHotMode)
                : EmbeddingFit.Sizes.Contains(option.Name) ? EmbeddingFit.Size(option.Name, loss, task)
                : throw new UsageException(
                    $"--loss {loss.Title}: the option {option.Name} has no default; write {loss.Info.Name}:{option.Name}=..."
                );
        }

        if (loss.Info.Options.Any(o => o.Name == "reduction" && o.Default is Reduction.None))
        {
            options.TryAdd("reduction", Reduction.Mean);
        }

        return options;
    }

    static UsageException Misfit(LossChoice loss, TabularTask task)
    {
        if (loss.Info.Name == nameof(CombinedLoss))
        {
            return new($"--loss {loss.Title}: a sum is written with plus, such as A+0.5*B:option=value.");
        }

        var inputs = loss
            .Info.Inputs.Where(i => !i.Optional)
            .Select(i => $"{i.Name} ({i.Shape}; {OptionText.Words(i.Role)})");
        var kind = task.Kind.ToString().ToLowerInvariant();
        var fitting = Fitting(task.Kind).Select(info => info.Name).ToList();
        var more = fitting.Count > NamedLosses ? $" and {fitting.Count - NamedLosses} more" : "";
        var has = task.Kind == TaskKind.Regression ? "one number" : $"one of {task.Outputs} classes";
        return new(
            $"--loss {loss.Title} wants {string.Join(", ", inputs)}; this is a {kind} with {has} per row. "
                + $"Losses that fit: {string.Join(", ", fitting.Take(NamedLosses))}{more}."
        );
    }

    static Func<LossInfo, bool> Takes(params (Role Role, string[] Shapes)[] wanted) =>
        info =>
        {
            var inputs = info.Inputs.Where(i => !i.Optional).ToList();
            return inputs.Count == wanted.Length
                && inputs
                    .Zip(wanted)
                    .All(p => p.First.Role == p.Second.Role && p.Second.Shapes.Contains(p.First.Shape));
        };

    static Func<LossChoice, TabularTask, LossFit> Classes(
        Func<Tensor, Tensor, Tensor> input,
        Func<Tensor, Tensor, Tensor> target,
        Func<Tensor, Tensor>? probabilities = null,
        string? note = null,
        bool perSample = true
    ) =>
        (_, task) =>
            new()
            {
                Outputs = task.Outputs,
                Arguments = (outputs, targets) => [input(outputs, targets), target(targets, outputs)],
                Probabilities = probabilities,
                Note = note,
                IsPerSample = perSample,
            };

    static Tensor Softmax(Tensor scores) => scores.softmax(1);

    /// <summary>Each class by itself; of two classes, both together make one.</summary>
    static Tensor Sigmoid(Tensor scores)
    {
        var each = scores.sigmoid();
        return each.shape[1] == 2 ? each / each.sum(dim: 1, keepdim: true).clamp_min(1e-30) : each;
    }

    static Tensor OneHot(Tensor classes, Tensor scores)
    {
        var index = classes.unsqueeze(1);
        return zeros_like(scores.detach()).scatter_(1, index, ones_like(index, dtype: scores.dtype));
    }

    /// <summary>(N, C) as one region of N places per class, (1, C, N).</summary>
    static Tensor Region(Tensor perClass) => perClass.t().unsqueeze(0);

    static LossFit Value(LossChoice loss, TabularTask task)
    {
        if (!IsSmallestAtTarget(loss))
        {
            throw new UsageException(
                $"--loss {loss.Title} is not smallest where the prediction equals a standardised target, which may be negative; "
                    + "it wants targets of another kind."
            );
        }

        return new() { Outputs = 1, Arguments = (outputs, targets) => Shaped(loss.Info, outputs, targets) };
    }

    /// <summary>Losses that hold a column of predictions against a column of targets.</summary>
    static LossFit Agreement(LossChoice loss, TabularTask task) =>
        new()
        {
            Outputs = 1,
            Arguments = (outputs, targets) => [outputs, targets.reshape(-1, 1)],
            Note = "The batch is one sample of pairs, in which no row has a loss of its own.",
            IsPerSample = false,
            HasIgnorance = false,
        };

    static LossFit ValueAndSpread(LossChoice loss, TabularTask task) =>
        new()
        {
            Outputs = 2,
            Arguments = (outputs, targets) =>
                Shaped(
                    loss.Info,
                    outputs.narrow(1, 0, 1),
                    targets,
                    nn.functional.softplus(outputs.narrow(1, 1, 1)) + 1e-6
                ),
            Scores = outputs => outputs.narrow(1, 0, 1),
            Note = "The model has a second output for the spread.",
        };

    /// <summary>Counts or amounts: the model learns the logarithm of their rate, or the rate.</summary>
    static LossFit Rates(LossChoice loss, TabularTask task)
    {
        var inLogs = loss.Spec.Options.Get("log_input", true);
        var mean = Math.Log(Math.Max(Scale(task).Mean, double.Epsilon));
        return inLogs
            ? InOwnUnits(loss, task, outputs => outputs + mean, outputs => (outputs + mean).exp())
            : Amounts(loss, task);
    }

    static LossFit Amounts(LossChoice loss, TabularTask task)
    {
        const double one = 0.5413248546129181; // softplus of it is 1
        var mean = Scale(task).Mean;
        Tensor Amount(Tensor outputs) => (nn.functional.softplus(outputs + one) + 1e-6) * mean; // above 0, for logarithms
        return InOwnUnits(loss, task, Amount, Amount);
    }

    /// <summary>Targets of at least 0 in their own units. An output of 0 stands for their mean, so that no model begins far off.</summary>
    /// <param name="loss">The loss.</param>
    /// <param name="task">The task.</param>
    /// <param name="input">What the loss gets of the outputs.</param>
    /// <param name="predict">The prediction in the target's units.</param>
    static LossFit InOwnUnits(
        LossChoice loss,
        TabularTask task,
        Func<Tensor, Tensor> input,
        Func<Tensor, Tensor> predict
    )
    {
        var (mean, deviation) = Scale(task);
        using var smallest = task.Train.Targets.min();
        if (smallest.item<float>() * deviation + mean < -1e-6 * deviation)
        {
            throw new UsageException(
                $"--loss {loss.Title} wants counts or amounts of at least 0; the target has negative numbers."
            );
        }

        return new()
        {
            Outputs = 1,
            Arguments = (outputs, targets) => [input(outputs), (targets * deviation + mean).clamp_min(0)],
            Scores = outputs => (predict(outputs) - mean) / deviation,
            Note = "The target is taken in its own units, not standardised; an output of 0 stands for its mean.",
        };
    }

    static LossFit Quantiles(LossChoice loss, TabularTask task)
    {
        var quantiles = loss.Spec.Options.Get<IReadOnlyList<double>>("quantiles", DefaultQuantiles);
        var middle = quantiles.Index().MinBy(q => Math.Abs(q.Item - 0.5)).Index;
        var (low, high) = (quantiles.Index().MinBy(q => q.Item).Index, quantiles.Index().MaxBy(q => q.Item).Index);
        var name = $"coverage_{quantiles[low]}_{quantiles[high]}";
        return new()
        {
            Outputs = quantiles.Count,
            Arguments = (outputs, targets) => [outputs, targets.squeeze(1)],
            Scores = outputs => outputs.narrow(1, middle, 1),
            Quantiles = quantiles,
            Extra = quantiles.Count < 2 ? null : (name, (outputs, targets) => Share(outputs, targets, low, high)),
            Note =
                $"One output for each of the quantiles {string.Join(", ", quantiles)}; the metrics look at {quantiles[middle]}.",
        };
    }

    /// <summary>The share of targets that lie between two outputs.</summary>
    static double Share(Tensor outputs, Tensor targets, int low, int high)
    {
        using var scope = NewDisposeScope();
        var here = targets.to(outputs.device);
        var above = here.ge(outputs.narrow(1, low, 1));
        return above.logical_and(here.le(outputs.narrow(1, high, 1))).to(float64).mean().item<double>();
    }

    static (double Mean, double Deviation) Scale(TabularTask task) =>
        task.Preprocessing.Target is NumberTarget number ? (number.Mean, number.Deviation) : (0, 1);

    /// <summary>The columns (N, 1) in the form the card says: as they are, or as (N).</summary>
    static Tensor[] Shaped(LossInfo info, params Tensor[] columns) =>
        [.. columns.Zip(info.Inputs, (column, input) => input.Shape.Contains('*') ? column : column.squeeze(1))];

    /// <summary>A loss that pulls elsewhere than to the target is one of counts, rates or distances.</summary>
    static bool IsSmallestAtTarget(LossChoice loss)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        using var module = loss.Spec.Create();
        var target = tensor([-1.5f, -0.25f, 0.5f, 1f]).unsqueeze(1);
        double At(double shift)
        {
            var inputs = Shaped(loss.Info, target + shift, target);
            var names = loss.Info.Inputs.Select(i => i.Name);
            var arguments = new TensorArguments();
            foreach (var (name, value) in names.Zip(inputs))
            {
                arguments[name] = value;
            }

            return module.Evaluate(arguments).sum().ToDouble();
        }

        var right = At(0);
        return double.IsFinite(right) && right <= At(0.5) + 1e-6 && right <= At(-0.5) + 1e-6;
    }

    /// <summary>One way to feed losses.</summary>
    /// <param name="Task">What is learnt.</param>
    /// <param name="Accepts">Whether the inputs of a loss are those.</param>
    /// <param name="Make">Makes them.</param>
    sealed record Rule(TaskKind Task, Func<LossInfo, bool> Accepts, Func<LossChoice, TabularTask, LossFit> Make);
}
