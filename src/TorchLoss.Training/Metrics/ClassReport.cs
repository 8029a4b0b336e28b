namespace TorchLoss.Training;

/// <summary>How well one class is recognised.</summary>
/// <param name="Name">The class.</param>
/// <param name="Precision">Of those taken for it, the share that are.</param>
/// <param name="Recall">Of those that are, the share taken for it.</param>
/// <param name="F1">The harmonic mean of both.</param>
/// <param name="Support">How many there are.</param>
public sealed record ClassScore(string Name, double Precision, double Recall, double F1, int Support);

/// <summary>How well classes are recognised.</summary>
/// <param name="Values">accuracy and macro_f1.</param>
/// <param name="Classes">The scores of each class.</param>
/// <param name="Confusion">How many samples of class i (row) were taken for class j (column).</param>
public sealed record ClassReport(
    IReadOnlyDictionary<string, double> Values,
    IReadOnlyList<ClassScore> Classes,
    IReadOnlyList<IReadOnlyList<int>> Confusion
) : MetricReport(Values);
