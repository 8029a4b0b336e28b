namespace TorchLoss.Training;

/// <summary>What a column of a table holds.</summary>
public enum ColumnKind
{
    /// <summary>Finite numbers only.</summary>
    Number,

    /// <summary>A few words that repeat (at most 100 different ones, each twice on average).</summary>
    Category,

    /// <summary>Days or moments, such as 2012-01-31 or 2012/01/31 12:00.</summary>
    Date,

    /// <summary>Anything else.</summary>
    Text,

    /// <summary>Nothing but missing values.</summary>
    Empty,
}
