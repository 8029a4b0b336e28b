namespace TorchLoss.Standard;

/// <summary>Functional forms of PyTorch's own losses, under PyTorch's names.</summary>
/// <remarks>They are no extensions of <c>torch.nn.functional</c>, where TorchSharp's functions of the same name would win.</remarks>
public static partial class Functional;
