namespace TorchLoss;

/// <summary>Factories and functional twins of all losses.</summary>
/// <remarks>
/// With <c>using TorchLoss;</c> they appear as <c>torch.nn.FocalLoss(...)</c> and <c>torch.nn.functional.focal_loss(...)</c>.
/// Languages and notebooks without C# 14's extension members call <c>Losses.FocalLoss(...)</c>.
/// </remarks>
public static partial class Losses;
