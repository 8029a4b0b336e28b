namespace TorchLoss.Reporting;

/// <summary>One epoch of a run.</summary>
/// <param name="Epoch">Its number, from 1.</param>
/// <param name="TrainLoss">The mean loss over the training data.</param>
/// <param name="ValidationLoss">The mean loss over the validation data.</param>
/// <param name="LearningRate">The learning rate at its end.</param>
public sealed record ReportEpoch(
    int Epoch,
    double? TrainLoss,
    double? ValidationLoss = null,
    double? LearningRate = null
)
{
    /// <summary>Further numbers of the epoch, as accuracy or the norm of the gradient.</summary>
    public IReadOnlyDictionary<string, double> Metrics { get; init; } = new Dictionary<string, double>();

    /// <summary>The parts of the training loss by name, where it is a sum of named terms.</summary>
    public IReadOnlyDictionary<string, double> Terms { get; init; } = new Dictionary<string, double>();
}

/// <summary>How well one class is found.</summary>
public sealed record ReportClass(string Name, double Precision, double Recall, double F1, long Support);

/// <summary>The loss of a run.</summary>
/// <param name="Name">Its name, with the options it ran with.</param>
/// <param name="Formula">Its formula as text.</param>
/// <param name="Source">Where it is from.</param>
/// <param name="Summary">What it does to the model.</param>
public sealed record ReportLoss(string Name, string? Formula = null, string? Source = null, string? Summary = null)
{
    /// <summary>Where its paper can be read, beginning with https://.</summary>
    public string? Link { get; init; }
}

/// <summary>Predictions of one quantile.</summary>
/// <param name="Level">The level, between 0 and 1: this share of what is measured ought to lie below.</param>
/// <param name="Predicted">One prediction for each of <see cref="RunReportData.Actual"/>.</param>
public sealed record ReportQuantile(double Level, IReadOnlyList<double> Predicted);

/// <summary>One sample with what was said to it.</summary>
/// <param name="Actual">What it is.</param>
/// <param name="Predicted">What it was taken for.</param>
public sealed record ReportSample(string Actual, string Predicted)
{
    /// <summary>How sure the model was of its answer, from 0 to 1, or how far off it was; null where neither is known.</summary>
    public double? Number { get; init; }

    /// <summary>The sample as a picture, by row from the top; null where it is none.</summary>
    public double[,]? Pixels { get; init; }

    /// <summary>Its inputs in words, for samples that are rows of a table; the same names for all.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Inputs { get; init; } = [];
}

/// <summary>What a run report shows; what is left empty is left out.</summary>
public sealed record RunReportData
{
    /// <summary>The head of the report.</summary>
    public required string Title { get; init; }

    /// <summary>A line below it.</summary>
    public string? Subtitle { get; init; }

    /// <summary>How the run was set up.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Config { get; init; } = [];

    /// <summary>Where it ran: versions, threads, time.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Environment { get; init; } = [];

    /// <summary>The epochs in order.</summary>
    public IReadOnlyList<ReportEpoch> History { get; init; } = [];

    /// <summary>The epoch whose weights were kept; the one with the lowest validation loss where this is null.</summary>
    public int? BestEpoch { get; init; }

    /// <summary>The numbers at the end, most important first.</summary>
    public IReadOnlyList<KeyValuePair<string, double>> FinalMetrics { get; init; } = [];

    /// <summary>For classification: how well each class is found.</summary>
    public IReadOnlyList<ReportClass> Classes { get; init; } = [];

    /// <summary>For classification: <c>[i, j]</c> samples of class i were taken for class j, in the order of <see cref="Classes"/>.</summary>
    public long[,]? Confusion { get; init; }

    /// <summary>For classification: how sure the model was, and how often rightly.</summary>
    public Calibration? Calibration { get; init; }

    /// <summary>For regression: what was measured.</summary>
    public IReadOnlyList<double> Actual { get; init; } = [];

    /// <summary>For regression: what was predicted for it.</summary>
    public IReadOnlyList<double> Predicted { get; init; } = [];

    /// <summary>For a regression of quantiles: all of them, in any order.</summary>
    public IReadOnlyList<ReportQuantile> Quantiles { get; init; } = [];

    /// <summary>For regression: what the values are, with their unit.</summary>
    public string Quantity { get; init; } = "";

    /// <summary>Samples worth looking at, the most wrong ones first.</summary>
    public IReadOnlyList<ReportSample> Samples { get; init; } = [];

    /// <summary>What the samples are and what their numbers mean, in a sentence.</summary>
    public string? AboutSamples { get; init; }

    /// <summary>The loss.</summary>
    public ReportLoss? Loss { get; init; }

    /// <summary>What the reader should know.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Further charts, shown at the end.</summary>
    public IReadOnlyList<Chart> Charts { get; init; } = [];
}
