namespace TorchLoss;

/// <summary>The name of the loss that a formula struct is nested in, for messages.</summary>
static class LossName
{
    /// <summary>FocalLoss for FocalLoss.Formula.</summary>
    public static string Of<F>() => typeof(F).DeclaringType?.Name ?? typeof(F).Name;
}
