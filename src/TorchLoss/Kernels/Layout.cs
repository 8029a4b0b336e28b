namespace TorchLoss;

/// <summary>How tensors lie in memory: those of one layout are read element by element, whatever their strides.</summary>
static class Layout
{
    /// <summary>Whether a kernel may read the tensors side by side: one dtype (float32 for weights), one shape, one dense order.</summary>
    public static bool IsShared(Tensor input, Tensor target, Tensor? weight) =>
        input.dtype == target.dtype
        && (weight is null || weight.dtype is ScalarType.Float32 && weight.numel() == input.numel())
        && (IsContiguous(input, target, weight) || IsPermuted(input, target, weight));

    static bool IsContiguous(Tensor input, Tensor target, Tensor? weight) =>
        input.is_contiguous() && target.is_contiguous() && weight?.is_contiguous() != false;

    static bool IsPermuted(Tensor input, Tensor target, Tensor? weight) =>
        input.stride() is var strides
        && strides.AsSpan().SequenceEqual(target.stride())
        && (weight is null || strides.AsSpan().SequenceEqual(weight.stride()))
        && IsDense(input.shape, strides);

    /// <summary>Whether the elements fill their stretch of memory, as those of a transposed tensor do and those of a slice do not.</summary>
    static bool IsDense(long[] shape, long[] strides)
    {
        var expected = 1L;
        foreach (var (stride, size) in strides.Zip(shape).Where(d => d.Second != 1).Order())
        {
            if (stride != expected)
            {
                return false;
            }

            expected *= size;
        }

        return true;
    }

    /// <summary>A float32 tensor of a dense tensor's layout, its contents unspecified.</summary>
    public static Tensor Empty(Tensor like)
    {
        if (like.is_contiguous())
        {
            return GradientPool.Empty(like.shape);
        }

        using var flat = GradientPool.Empty([like.numel()]);
        return flat.as_strided(like.shape, like.stride());
    }
}
