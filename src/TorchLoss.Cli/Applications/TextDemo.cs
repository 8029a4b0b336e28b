using TorchLoss.Cli.Runs;
using TorchLoss.Reporting;
using TorchLoss.Training;

namespace TorchLoss.Cli.Applications;

/// <summary>Ham or spam by the subject alone: losses against naive Bayes.</summary>
sealed class TextDemo : Application
{
    const string Accuracy = "accuracy";
    const string F1 = "F1 of spam";
    const string Area = "AUC";
    const string Nats = "log loss, nats";
    const string Majority = "always ham";
    const string Bayes = "naive Bayes";
    const string Entropy = nameof(TorchSharp.Modules.BCEWithLogitsLoss);
    const string Focal = nameof(FocalLoss);
    const int Buckets = 8192;
    const int Epochs = 20;

    static readonly double[] Added = [1, 0.3, 0.1, 0.03];
    static readonly double[] Decays = [0.1, 0.5, 2];
    static readonly double[] Gammas = [1, 2];
    static readonly string[] Classes = ["ham", "spam"];

    public override string Name => "text";

    public override string About =>
        "Subjects of e-mails: does a learnt line through words and letters know spam better than naive Bayes?";

    public override Findings Run(ApplicationContext context)
    {
        using var one = new FewThreads(0);
        using var scope = NewDisposeScope();
        var scores = new Scores(Accuracy, F1, Area, Nats);
        var (texts, labels) = Subjects();
        var inputs = new HashedText(Buckets).Encode(texts);
        var choices = new Choices(context);
        foreach (var seed in context.Seeds(8))
        {
            Compare(inputs, labels, scores, choices, context, seed);
            context.Say($"seed {seed}: {Entropy} {scores.Of(Entropy, F1)[^1]:0.000}");
        }

        return new(["method", Accuracy, F1, Area, Nats], scores.Rows, [.. Claims(scores)], [("f1", Bars(scores))])
        {
            Notes =
            [
                .. ((string[])[Area, F1]).Select(measure => scores.NotWorse(Entropy, Bayes, measure).Text),
                .. choices.Notes,
            ],
        };
    }

    /// <summary>Each subject once: the many answers of a thread would else be learnt and asked for.</summary>
    static (string[] Texts, int[] Labels) Subjects()
    {
        var table = BuiltInData.Find("spam_subjects")!.Open();
        var rows = Enumerable
            .Range(0, table.Rows)
            .Where(row => !table["subject"].IsMissing(row))
            .Select(row =>
                (Text: table["subject"].Texts[row]!, Label: Array.IndexOf(Classes, table["label"].Texts[row]))
            )
            .DistinctBy(row => Thread(row.Text))
            .ToArray();
        return ([.. rows.Select(row => row.Text)], [.. rows.Select(row => row.Label)]);
    }

    static string Thread(string subject) =>
        subject.Replace("Re:", "", StringComparison.OrdinalIgnoreCase).Trim().ToLowerInvariant();

    static void Compare(
        Tensor inputs,
        int[] labels,
        Scores scores,
        Choices choices,
        ApplicationContext context,
        long seed
    )
    {
        using var scope = NewDisposeScope();
        var split = Split.ByClass(labels, 0.3, seed);
        using var known = Part(inputs, labels, split.Train);
        using var test = Part(inputs, labels, split.Validation);
        using var parts = Parts.Cut(known, test, seed);
        scores.Add(Majority, Measure(full_like(test.Targets, Prior(known)), test.Targets));
        Add(
            $"{Bayes}, added count",
            Added,
            (added, train, of) => NaiveBayes.LogOdds(train.Inputs, train.Targets.squeeze(1), of, added).unsqueeze(1)
        );
        Add($"{Entropy}, decay", Decays, (decay, train, of) => Learn(nn.BCEWithLogitsLoss(), decay, train, of));
        Add(
            $"{Focal}, gamma and decay",
            [.. from gamma in Gammas from decay in Decays select (gamma, decay)],
            (setting, train, of) =>
                Learn(new FocalLoss(alpha: -1, setting.gamma, reduction: Reduction.Mean), setting.decay, train, of)
        );

        void Add<T>(string what, T[] settings, Func<T, TensorSet, Tensor, Tensor> fit)
            where T : notnull =>
            scores.Add(what.Split(',')[0], Measure(choices.Predict(what, parts, settings, fit, Error), test.Targets));

        Tensor Learn(nn.Module<Tensor, Tensor, Tensor> loss, double decay, TensorSet train, Tensor of)
        {
            using var owned = loss;
            using var model = Models.Linear(Buckets, 1, seed);
            return new Learning(context, Epochs, 3e-3, Batch: 64, Decay: decay).Predict(model, loss, train, of, seed);
        }
    }

    static double Error(Tensor logits, Tensor targets) =>
        nn.functional.binary_cross_entropy_with_logits(logits, targets).ToDouble();

    static TensorSet Part(Tensor inputs, int[] labels, IReadOnlyList<int> rows) =>
        new(
            inputs.index_select(0, tensor(rows.Select(row => (long)row).ToArray())),
            tensor(rows.Select(row => (float)labels[row]).ToArray()).unsqueeze(1)
        );

    static double[] Measure(Tensor logits, Tensor targets)
    {
        var report = (ClassReport)new ClassificationMetrics(Classes).Measure(logits, targets);
        return [report.Values["accuracy"], report.Classes[1].F1, Ranked(logits, targets), Error(logits, targets)];
    }

    /// <summary>Log odds of spam where nothing else is known.</summary>
    static double Prior(TensorSet train)
    {
        var share = train.Targets.mean().ToDouble();
        return Math.Log(share / (1 - share));
    }

    /// <summary>Spam, as the class with its events at time 0, ought to have the higher scores.</summary>
    static double Ranked(Tensor logits, Tensor targets) =>
        Concordance.Index(Numbers(logits), Array.ConvertAll(Numbers(targets), label => 1 - label));

    static double[] Numbers(Tensor values)
    {
        using var numbers = values.to(float64).contiguous();
        return numbers.data<double>().ToArray();
    }

    static IEnumerable<Claim> Claims(Scores scores)
    {
        foreach (var loss in (string[])[Entropy, Focal])
        {
            yield return scores.Better(loss, Majority, Accuracy);
            yield return scores.Better(loss, Majority, Area);
            yield return scores.Better(loss, Bayes, Nats, less: true);
        }
    }

    static BarChart Bars(Scores scores) =>
        new()
        {
            Title = "Spam found by the subject alone, mean over the seeds",
            Format = value => value.ToString("0.00"),
            Names = scores.Names,
            Series =
            [
                .. ((string[])[F1, Area]).Select(measure => new BarSeries(
                    measure,
                    [.. scores.Names.Select(name => scores.Mean(name, measure))]
                )),
            ],
        };
}
