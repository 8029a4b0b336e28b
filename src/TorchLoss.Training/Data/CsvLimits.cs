namespace TorchLoss.Training;

/// <summary>How much a data file may hold before it is refused, so that a wrong file cannot eat the memory.</summary>
public sealed record CsvLimits
{
    /// <summary>The limits used where none are given.</summary>
    public static CsvLimits Default { get; } = new();

    /// <summary>Bytes in the file (after decompression, where it is gzipped).</summary>
    public long MaxBytes { get; init; } = 1L << 30;

    /// <summary>Rows below the header.</summary>
    public int MaxRows { get; init; } = 5_000_000;

    /// <summary>Columns.</summary>
    public int MaxColumns { get; init; } = 10_000;

    /// <summary>Characters in one field.</summary>
    public int MaxField { get; init; } = 1 << 20;
}
