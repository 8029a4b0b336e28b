using static System.FormattableString;

namespace TorchLoss.Cli.Advice;

/// <summary>How to choose a loss for a table, as a list of rules from the most telling to the one that always holds.</summary>
static class Rules
{
    const double Rare = 10;
    const double Uneven = 3;
    public const double InOrder = 0.6;
    const double Mislabelled = 0.04;
    const int FewPerClass = 30;
    const int ManyClasses = 20;
    const double ManyOutliers = 0.08;
    const double SomeOutliers = 0.02;
    const double HeavyTail = 3;
    const double Skewed = 1.5;
    const double OftenZero = 0.2;
    const double Growing = 0.4;
    const double SmallCounts = 30;
    const double Scattered = 2;

    /// <summary>All of them; where several hold, the first has the first choice.</summary>
    public static IReadOnlyList<Rule> All { get; } =
    [
        new(
            "similar",
            "asked for: rows like a given one, also of new classes",
            f => f.IsClasses && f.Goal == Goals.Similar,
            f => Invariant($"you want rows of {f.Classes.Count} classes to find their like"),
            "recall_at_1",
            "whether the nearest other row is of the same class; a classifier's accuracy says nothing of new classes",
            new(
                "SupConLoss",
                "pulls rows of a class together and all others apart, with every row of the batch as example"
            ),
            new("ProxyAnchorLoss", "learns a place for each class, so small batches do"),
            new("MultiSimilarityLoss", "weighs the hard pairs of a batch by itself"),
            new("ArcFaceLoss", "keeps an angle between classes; strong with many classes and rows")
        )
        {
            Alone = true,
        },
        new(
            "ordered",
            $"classes have an order: by their names, and classes lie the farther apart the more steps are between them (correlation of at least {InOrder}); or asked for",
            f => f.IsClasses && f.Classes.Count > 2 && (f.Goal == Goals.Ordered || f.Order >= InOrder),
            f =>
                f.Order is { } order
                    ? Invariant(
                        $"{f.Classes.Count} classes are levels of a scale (distance grows with steps, r = {order:0.00})"
                    )
                    : Invariant($"you say that the {f.Classes.Count} classes have an order"),
            "accuracy",
            "accuracy treats a miss by one level like a miss by five; look at the confusion matrix too",
            new("CornLoss", "asks \"above level k?\" step by step, so a near miss costs less than a far one"),
            new("SquaredEMDLoss", "compares cumulated probabilities, and keeps one score per class"),
            new("CoralLoss", "asks the same questions with answers that never contradict each other")
        ),
        new(
            "wrong labels",
            $"at least {Mislabelled:P0} of the rows stand among neighbours that nearly all bear one other label; or asked for",
            f => f.IsClasses && (f.Goal == Goals.Noisy || f.Disagreement >= Mislabelled),
            f =>
                f.Disagreement is { } share
                    ? Invariant($"{share:P1} of the rows stand among neighbours that nearly all bear one other label")
                    : "you say that some labels are wrong",
            "accuracy",
            "the training loss should not go to 0: a model that learns wrong labels by heart gets worse on the part held back",
            new(
                "GeneralizedCrossEntropyLoss",
                "gives up on rows that it can only get right by heart; q from 0 (cross entropy) to 1 (absolute error)"
            ),
            new("SymmetricCrossEntropyLoss", "adds a term that wrong labels cannot drive"),
            new(
                "BiTemperedLogisticLoss:t1=0.8,t2=1.2",
                "bounds what a far outlier costs, and gives classes heavier tails"
            )
        ),
        new(
            "very rare classes",
            $"the largest class has at least {Rare} times the rows of the smallest, more than two classes; or asked for",
            f => f.IsClasses && f.Classes.Count > 2 && (f.Goal == Goals.Rare || f.Imbalance >= Rare),
            Imbalance,
            "macro_f1",
            "accuracy is high for a model that never names the rare classes; macro F1 gives each class the same say",
            new(
                "LogitAdjustedLoss",
                "learns against the frequencies of the classes, which is right for the mean over classes"
            ),
            new("LDAMLoss", "keeps rare classes a larger margin"),
            new("ClassBalancedLoss", "weighs classes by how much new their rows add")
        ),
        new(
            "rare class of two",
            $"two classes, one with at least {Rare} times the rows of the other; or asked for",
            f => f.IsClasses && f.Classes.Count == 2 && (f.Goal == Goals.Rare || f.Imbalance >= Rare),
            Imbalance,
            "macro_f1",
            "accuracy is high for a model that never finds the rare class; look at its precision and recall",
            new(
                "LogitAdjustedLoss",
                "learns against the frequencies of the classes, which is right for the mean over classes"
            ),
            new("FocalLoss", "turns to the rows that are still wrong, mostly the rare ones; gamma says how much"),
            new("AsymmetricLoss", "forgets easy negatives faster than easy positives")
        ),
        new(
            "uneven classes",
            $"the largest class has {Uneven} to {Rare} times the rows of the smallest",
            f => f.IsClasses && f.Imbalance is >= Uneven and < Rare && f.Goal != Goals.Rare,
            Imbalance,
            "macro_f1",
            "accuracy and macro F1 side by side: where they part, the smaller classes lose; `train --class-weights balanced` is a second way",
            new("BalancedSoftmaxLoss", "makes up for the frequencies and has nothing to tune"),
            new("SoftmaxFocalLoss", "turns to the rows that are still wrong")
        ),
        new(
            "calibrated",
            "asked for: probabilities are used",
            f => f.IsClasses && f.Goal == Goals.Calibrated,
            f => Invariant($"you use the probabilities of {f.Classes.Count} classes"),
            "accuracy",
            "besides accuracy hold probabilities against what happens (reliability): networks are too sure",
            new("BrierLoss", "scores probabilities by their squared error: proper, and bounded for a wrong answer"),
            new("DualFocalLoss", "keeps the right answer only so far ahead of the next one"),
            new("LabelSmoothingCrossEntropy", "never asks for certainty"),
            new("LogitNormLoss", "takes the length of the scores away, by which networks grow too sure")
        ),
        new(
            "many classes",
            $"at least {ManyClasses} classes",
            f => f.IsClasses && f.Classes.Count >= ManyClasses,
            f => Invariant($"{f.Classes.Count} classes"),
            "accuracy",
            "accuracy, and macro F1 for the classes with few rows",
            new("LabelSmoothingCrossEntropy", "does not push hundreds of scores apart without end"),
            new("Poly1CrossEntropyLoss", "one number more to tune than cross entropy, often worth a little")
        ),
        new(
            "few rows per class",
            $"fewer than {FewPerClass} rows in the smallest class, classes not very uneven",
            f => f.IsClasses && f.Classes[^1].Rows < FewPerClass && f.Imbalance < Rare,
            f => Invariant($"class {f.Classes[^1].Name} has only {f.Classes[^1].Rows} rows"),
            "accuracy",
            "few rows are held back as well: compare over several seeds before you believe a difference",
            new("LabelSmoothingCrossEntropy", "keeps the model from becoming certain of a few examples"),
            new("ConfidencePenaltyLoss", "rewards doubt directly")
        ),
        new(
            "classes",
            "a classification",
            f => f.IsClasses,
            f => Invariant($"{f.Classes.Count} classes in {f.Rows} rows"),
            "accuracy",
            "the share of right answers, and macro F1 where it falls behind",
            new("CrossEntropyLoss", "the measure to beat: the likelihood of the right class"),
            new("LabelSmoothingCrossEntropy", "never asks for certainty, which often generalises a little better"),
            new("Poly1CrossEntropyLoss", "cross entropy with one more term to tune")
        ),
        new(
            "two classes",
            "two classes",
            f => f.IsClasses && f.Classes.Count == 2,
            f => Invariant($"two classes, {f.Classes[0].Rows} and {f.Classes[1].Rows} rows"),
            "accuracy",
            "accuracy; precision and recall where the two kinds of mistake differ in cost",
            new("BCEWithLogitsLoss", "one yes or no per class, the form that focal and asymmetric losses build on"),
            new("SquaredHingeLoss", "only asks for the right side of a margin, so easy rows stop counting")
        ),
        new(
            "interval",
            "asked for: how sure a prediction is",
            f => !f.IsClasses && f.Goal == Goals.Interval,
            f => Invariant($"you want more than one number for {f.Rows} rows"),
            "mae",
            "the coverage of the interval, beside the error of its middle",
            new(
                "QuantileLoss:quantiles=[0.1,0.5,0.9]",
                "learns an interval that holds 80 % and its middle, whatever the distribution"
            ),
            new("GaussianNLLLoss", "learns a mean and a spread for each row"),
            new("CRPSQuantileLoss:quantiles=[0.1,0.3,0.5,0.7,0.9]", "scores the whole distribution at once")
        ),
        new(
            "counts",
            $"whole numbers from 0 (or 1) with a mean below {SmallCounts}",
            f => f.Numbers is { AreWhole: true, Least: >= 0 and <= 2, Mean: < SmallCounts },
            f =>
                Invariant(
                    $"whole numbers from {f.Numbers!.Least} with mean {f.Numbers.Mean:0.##} and variance {f.Numbers.Variance:0.##}"
                ),
            "mae",
            "the mean error in counts; rare large counts rule the squared error",
            new("PoissonNLLLoss", "the likelihood of counts; predictions are above 0 by themselves"),
            new("TweedieDevianceLoss:power=1.5", "for a variance above the mean and many zeros")
        ),
        new(
            "scattered counts",
            $"counts whose variance is more than {Scattered} times their mean",
            f =>
                f.Numbers is { AreWhole: true, Least: >= 0 and <= 2, Mean: < SmallCounts and > 0 } n
                && n.Variance > Scattered * n.Mean,
            f =>
                Invariant(
                    $"the variance of the counts is {f.Numbers!.Variance / f.Numbers.Mean:0.0} times their mean, a Poisson's is once"
                ),
            "mae",
            "the mean error in counts",
            new("TweedieDevianceLoss:power=1.5", "lets the variance grow faster than the mean"),
            new("MSLELoss", "compares logarithms, so large counts do not rule")
        ),
        new(
            "often zero",
            $"at least {OftenZero:P0} exact zeros, all else above 0 and not whole",
            f => f.Numbers is { Zeros: >= OftenZero, Least: >= 0, AreWhole: false },
            f =>
                Invariant(
                    $"{f.Numbers!.Zeros:P0} of the targets are exactly 0, the rest are amounts up to {f.Numbers.Most:0.##}"
                ),
            "mae",
            "errors of the zeros and of the amounts apart: one number hides either",
            new("TweedieDevianceLoss:power=1.5", "the likelihood of amounts that are often 0, such as claims or rain"),
            new("TweedieLoss", "the same with the logarithm of the rate as output"),
            new("MSLELoss", "compares logarithms of 1 + y, which exist at 0")
        ),
        new(
            "long tail of amounts",
            $"no negative numbers, and large values far out (skewness of at least {Skewed}); or asked for errors in per cent",
            f => f.Numbers is { Least: >= 0 } n && (n.Skew >= Skewed || f.Goal == Goals.Relative),
            f =>
                Invariant(
                    $"targets from {f.Numbers!.Least:0.##} to {f.Numbers.Most:0.##} with skewness {f.Numbers.Skew:0.0}"
                ),
            "mae",
            "the mean absolute error beside R², which the largest targets rule",
            new("MSLELoss", "compares logarithms: twice too much is as bad for small targets as for large ones"),
            new(
                "TweedieDevianceLoss:power=1.9",
                "lets the variance grow with the square of the mean, as that of amounts does"
            ),
            new("SMAPELoss", "counts the error as a share of the size")
        ),
        new(
            "gross errors",
            $"at least {ManyOutliers:P0} of the rows lie more than 3 deviations off a linear model; or asked for",
            f => f.Numbers is not null && (f.Goal == Goals.Robust || f.Numbers.Errors?.Outliers >= ManyOutliers),
            Outliers,
            "mae",
            "the mean absolute error; R² and RMSE are ruled by the very rows that are to be ignored",
            new("CauchyLoss", "costs grow with the logarithm of the error, so a far value hardly pulls"),
            new("HuberLoss", "squared near the target, straight beyond: the mild remedy"),
            new("TukeyBiweightLoss", "gives far values no pull at all; begin with another loss")
        ),
        new(
            "outliers",
            $"at least {SomeOutliers:P0} of the rows lie more than 3 deviations off a linear model, or its errors have heavy tails (excess kurtosis of at least {HeavyTail})",
            f =>
                f.Numbers?.Errors is { } e
                && e.Outliers < ManyOutliers
                && (e.Outliers >= SomeOutliers || e.Tail >= HeavyTail)
                && f.Goal != Goals.Robust,
            Outliers,
            "mae",
            "the mean absolute error beside RMSE: the first says how the usual row does",
            new("HuberLoss", "squared for usual errors, straight for large ones, so a few rows do not decide"),
            new("LogCoshLoss", "the same without a corner"),
            new("L1Loss", "aims at the median")
        ),
        new(
            "growing spread",
            $"errors grow with the prediction (correlation of at least {Growing})",
            f => f.Numbers?.Errors?.Growth >= Growing,
            f => Invariant($"errors grow with the prediction (r = {f.Numbers!.Errors!.Growth:0.00})"),
            "mae",
            "the error and, for intervals, the coverage",
            new("QuantileLoss:quantiles=[0.1,0.5,0.9]", "learns an interval whose width may grow"),
            new("GaussianNLLLoss", "learns the spread of each row, so uncertain rows count less")
        ),
        new(
            "numbers",
            "a regression",
            f => !f.IsClasses,
            f => Invariant($"a number for each of {f.Rows} rows, skewness {f.Numbers!.Skew:0.0}"),
            "r2",
            "the share of the variance that is explained, and RMSE in the target's own units",
            new("MSELoss", "the measure to beat: aims at the mean"),
            new("HuberLoss", "the same for small errors, and calm about large ones"),
            new("LogCoshLoss", "as Huber without a corner")
        ),
    ];

    static string Imbalance(DataFacts f) =>
        Invariant(
            $"{f.Classes[0].Name} has {f.Classes[0].Rows} rows and {f.Classes[^1].Name} {f.Classes[^1].Rows}, {f.Imbalance:0.#} to 1"
        );

    static string Outliers(DataFacts f) =>
        f.Numbers!.Errors is { } e
            ? Invariant(
                $"{e.Outliers:P1} of the rows lie more than 3 deviations off a linear model (0.3 % if normal), excess kurtosis {e.Tail:0.0}"
            )
            : "you say that some values are wrong";
}
