using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>A short name for the attribute that every formula carries: without it the kernels run four times slower.</summary>
static class Jit
{
    public const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;
}
