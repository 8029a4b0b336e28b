namespace TorchLoss;

/// <summary>Which tensors the fused kernels take; all others go the way of the composed form.</summary>
static class Fusion
{
    [ThreadStatic]
    static Suspension? suspension;

    /// <summary>
    /// Until the result is disposed, no kernel runs on this thread: every loss is composed of torch operators, as on other
    /// devices. For measuring what the kernels bring; every kernel asks <see cref="Accepts"/> or <see cref="Allowed"/> first.
    /// </summary>
    public static Suspension Suspend() => suspension = new(suspension);

    /// <summary>Whether kernels may run on this thread; asked last, when nothing else stands against the kernel.</summary>
    public static bool Allowed()
    {
        if (suspension is null)
        {
            return true;
        }

        suspension.Declined++;
        return false;
    }

    /// <summary>Predictions: ordinary CPU memory, float32 or half precision, at least one element.</summary>
    public static bool Accepts(Tensor input) =>
        input.dtype is ScalarType.Float32 or ScalarType.Float16 or ScalarType.BFloat16 && HasMemory(input) && Allowed();

    /// <summary>Predictions of a pointwise formula, which is compiled while the program runs.</summary>
    public static bool AcceptsFormulas(Tensor input) => PointwiseCompiler.IsAvailable && Accepts(input);

    /// <summary>Targets: constants that float32 holds (a float64 target makes the loss float64, as in torch).</summary>
    public static bool AcceptsTarget(Tensor target) =>
        target.dtype is not (ScalarType.Float64 or ScalarType.ComplexFloat32 or ScalarType.ComplexFloat64)
        && IsConstant(target)
        && HasMemory(target);

    /// <summary>Weights: constants, or none.</summary>
    public static bool AcceptsWeight(Tensor? weight) => weight is null || IsConstant(weight) && HasMemory(weight);

    static bool IsConstant(Tensor tensor) => !NeedsGradient(tensor);

    /// <summary>Whether a gradient may be asked for.</summary>
    public static bool NeedsGradient(Tensor tensor) => tensor.requires_grad && is_grad_enabled();

    /// <summary>A negated view shows other numbers than its memory holds; an empty tensor has no memory at all.</summary>
    static unsafe bool HasMemory(Tensor tensor) =>
        tensor.device_type is DeviceType.CPU
        && !tensor.is_sparse
        && tensor.numel() > 0
        && !tensor.is_neg()
        && NativeTensor.Data(tensor) != null;

    /// <summary>A time without kernels.</summary>
    /// <param name="outer">The one it lies in.</param>
    public sealed class Suspension(Suspension? outer) : IDisposable
    {
        /// <summary>How often a kernel would have run.</summary>
        public int Declined { get; set; }

        /// <inheritdoc/>
        public void Dispose() => suspension = outer;
    }
}
