using TorchLoss.Training;

namespace TorchLoss.Cli.Applications;

/// <summary>Handwritten digits as images of 8x8 pixels from 0 to 1, a row each.</summary>
static class Digits
{
    public const int Side = 8;
    public const int Classes = 10;
    const double Brightest = 16;

    /// <summary>Some that are known, and some of each class held back.</summary>
    public static (TensorSet Known, TensorSet Test) Split(double share, long seed)
    {
        var set = BuiltInData.Find("digits")!;
        var table = set.Open();
        int[] labels = [.. Enumerable.Range(0, table.Rows).Select(row => (int)table[set.Target!].Number(row))];
        DataColumn[] pixels = [.. table.Columns.Where(column => column.Name != set.Target)];
        var split = TorchLoss.Training.Split.ByClass(labels, share, seed);
        return (Part(split.Train), Part(split.Validation));

        TensorSet Part(IReadOnlyList<int> rows) =>
            new(
                tensor(
                    [.. rows.SelectMany(row => pixels.Select(pixel => (float)(pixel.Number(row) / Brightest)))],
                    [rows.Count, pixels.Length]
                ),
                tensor(rows.Select(row => (long)labels[row]).ToArray())
            );
    }
}
