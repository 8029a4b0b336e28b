namespace TorchLoss;

/// <summary>The name of the loss that a formula struct is nested in, for messages.</summary>
static class LossName
{
    /// <summary>FocalLoss for FocalLoss.Formula.</summary>
    public static string Of<F>() => Name<F>.Value;

    /// <summary>Reflection takes as long as the loss of a small batch, so each name is looked up once.</summary>
    static class Name<F>
    {
        public static readonly string Value = typeof(F).DeclaringType?.Name ?? typeof(F).Name;
    }
}
