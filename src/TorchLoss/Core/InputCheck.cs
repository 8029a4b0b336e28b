using System.Numerics;
using System.Runtime.CompilerServices;

namespace TorchLoss;

/// <summary>Checks of forward tensors in managed code, before any native call: a native error may kill the process.</summary>
static class InputCheck
{
    /// <summary>Refuses null, disposed and complex tensors by name.</summary>
    public static void Live(Tensor? tensor, string loss, string name)
    {
        if (tensor is null)
        {
            throw new ArgumentNullException(name, $"{loss}: {name} is null.");
        }

        LiveOrNull(tensor, loss, name);
    }

    /// <summary>Refuses disposed and complex tensors by name; whole numbers and truth values count as numbers.</summary>
    public static void LiveOrNull(Tensor? tensor, string loss, string name)
    {
        if (tensor is { IsInvalid: true })
        {
            throw new ArgumentException($"{loss}: {name} was disposed.", name);
        }

        if (tensor?.is_complex() == true)
        {
            throw new ArgumentException($"{loss}: {name} must hold real numbers, got {tensor.dtype}.", name);
        }
    }

    /// <summary>Refuses a missing or empty list, and missing, disposed and complex tensors in it by name and place.</summary>
    public static void Live(IReadOnlyList<Tensor>? tensors, string loss, string name)
    {
        if (tensors is null)
        {
            throw new ArgumentNullException(name, $"{loss}: {name} is null.");
        }

        if (tensors.Count == 0)
        {
            throw new ArgumentException($"{loss}: {name} must hold at least one tensor.", name);
        }

        LiveOrNull(tensors, loss, name);
    }

    /// <summary>Refuses missing, disposed and complex tensors in a list by name and place.</summary>
    public static void LiveOrNull(IReadOnlyList<Tensor>? tensors, string loss, string name)
    {
        for (var i = 0; i < (tensors?.Count ?? 0); i++)
        {
            Live(tensors![i], loss, TensorArguments.Part(name, i));
        }
    }

    /// <summary>Refuses lists of different length.</summary>
    public static void SameCount(
        IReadOnlyList<Tensor> tensors,
        IReadOnlyList<Tensor> expected,
        string loss,
        [CallerArgumentExpression(nameof(tensors))] string name = "",
        [CallerArgumentExpression(nameof(expected))] string expectedName = ""
    )
    {
        if (tensors.Count != expected.Count)
        {
            throw new ArgumentException(
                $"{loss}: {name} must hold as many tensors as {expectedName}, got {tensors.Count} and {expected.Count}.",
                name
            );
        }
    }

    /// <summary>Refuses tensors that are not floating point.</summary>
    public static void Floating(Tensor tensor, string loss, [CallerArgumentExpression(nameof(tensor))] string name = "")
    {
        if (!tensor.is_floating_point())
        {
            throw new ArgumentException($"{loss}: {name} must be floating point, got {tensor.dtype}.", name);
        }
    }

    /// <summary>Refuses shapes that are not the expected one, naming both.</summary>
    public static void SameShape(
        Tensor tensor,
        Tensor expected,
        string loss,
        [CallerArgumentExpression(nameof(tensor))] string name = "",
        [CallerArgumentExpression(nameof(expected))] string expectedName = ""
    )
    {
        if (!tensor.HasShapeOf(expected))
        {
            throw new ArgumentException(
                $"{loss}: {name} must have the shape of {expectedName}, got {tensor.Shape} and {expected.Shape}.",
                name
            );
        }
    }

    /// <summary>Refuses what is not floating point, of another shape or on another device; null passes.</summary>
    public static void Like(
        Tensor? tensor,
        Tensor expected,
        string loss,
        [CallerArgumentExpression(nameof(tensor))] string name = "",
        [CallerArgumentExpression(nameof(expected))] string expectedName = ""
    )
    {
        if (tensor is null)
        {
            return;
        }

        Floating(tensor, loss, name);
        SameShape(tensor, expected, loss, name, expectedName);
        SameDevice(tensor, expected, loss, name, expectedName);
    }

    /// <summary>Refuses tensors of another device, naming both.</summary>
    public static void SameDevice(
        Tensor tensor,
        Tensor expected,
        string loss,
        [CallerArgumentExpression(nameof(tensor))] string name = "",
        [CallerArgumentExpression(nameof(expected))] string expectedName = ""
    )
    {
        if (tensor.device_type != expected.device_type || tensor.device_index != expected.device_index)
        {
            throw new ArgumentException(
                $"{loss}: {name} must be on the device of {expectedName}, got {tensor.device} and {expected.device}.",
                name
            );
        }
    }

    /// <summary>Refuses another number of dimensions; the pattern says what is expected, for instance "(N, D)".</summary>
    public static void Dimensions(
        Tensor tensor,
        int dimensions,
        string pattern,
        string loss,
        [CallerArgumentExpression(nameof(tensor))] string name = ""
    )
    {
        if (tensor.dim() != dimensions)
        {
            throw new ArgumentException($"{loss}: {name} must be {pattern}, got {tensor.Shape}.", name);
        }
    }

    /// <summary>Refuses a size that is not the expected one.</summary>
    public static void Size(
        Tensor tensor,
        int dimension,
        long size,
        string what,
        string loss,
        [CallerArgumentExpression(nameof(tensor))] string name = ""
    )
    {
        if (tensor.shape[dimension < 0 ? tensor.shape.Length + dimension : dimension] != size)
        {
            throw new ArgumentException(
                $"{loss}: dimension {dimension} of {name} must be {size} ({what}), got shape {tensor.Shape}.",
                name
            );
        }
    }

    /// <summary>Refuses a dimension that a tensor does not have; negative ones count from the last.</summary>
    public static void Dimension(
        Tensor tensor,
        long dimension,
        string loss,
        string option,
        [CallerArgumentExpression(nameof(tensor))] string name = ""
    )
    {
        if (dimension < -tensor.dim() || dimension >= tensor.dim())
        {
            throw new ArgumentException(
                $"{loss}: {option} must be a dimension of {name}, got {dimension} and shape {tensor.Shape}.",
                option
            );
        }
    }

    /// <summary>Refuses anything but int64.</summary>
    public static void Indices(Tensor tensor, string loss, [CallerArgumentExpression(nameof(tensor))] string name = "")
    {
        if (tensor.dtype is not ScalarType.Int64)
        {
            throw new ArgumentException($"{loss}: {name} must hold int64 indices, got {tensor.dtype}.", name);
        }
    }

    /// <summary>Refuses class indices outside [0, classes) other than the ignored one.</summary>
    /// <remarks>
    /// On the CPU the values are read, for an index out of range is a heap corruption or a dead process in some native calls.
    /// On CUDA reading them would stall the stream at every step, and the kernel there asserts by itself.
    /// </remarks>
    public static void IndexRange(
        Tensor tensor,
        long classes,
        long? ignore_index,
        string loss,
        [CallerArgumentExpression(nameof(tensor))] string name = ""
    )
    {
        if (tensor.device_type is not DeviceType.CPU || tensor.numel() == 0)
        {
            return;
        }

        using var copy = tensor.is_contiguous() ? null : tensor.contiguous();
        if (FirstOutside(copy ?? tensor, classes, ignore_index) is { } value)
        {
            var ignored = ignore_index is { } i ? $" or {i} (ignored)" : "";
            throw new ArgumentException($"{loss}: {name} must lie in [0, {classes}){ignored}, got {value}.", name);
        }
    }

    /// <summary>Refuses numbers that are not the whole ones that they were read as (on the CPU).</summary>
    public static void Whole(
        Tensor tensor,
        Tensor indices,
        string loss,
        [CallerArgumentExpression(nameof(tensor))] string name = ""
    )
    {
        using var scope = NewDisposeScope();
        if (tensor.ne(indices).any().item<bool>())
        {
            throw new ArgumentException($"{loss}: {name} must hold whole numbers.", name);
        }
    }

    /// <summary>Over the memory itself: TorchSharp's enumerator takes nine times as long, more than some of the losses.</summary>
    static unsafe long? FirstOutside(Tensor contiguous, long classes, long? ignored)
    {
        var values = (long*)NativeTensor.Data(contiguous);
        var count = contiguous.numel();
        for (var i = FirstSuspect(values, count, classes, ignored); i < count; i++)
        {
            // as an unsigned number a negative one is large: one comparison for both bounds
            if ((ulong)values[i] >= (ulong)classes && values[i] != ignored)
            {
                return values[i];
            }
        }

        GC.KeepAlive(contiguous);
        return null;
    }

    /// <summary>Where to look closely: the first vector that holds a value outside, or what fills none at the end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static unsafe long FirstSuspect(long* values, long count, long classes, long? ignored)
    {
        Vector<ulong> limit = new((ulong)classes);
        Vector<long> spared = new(ignored ?? -1);
        Vector<ulong> sparing = new(ignored is null ? 0 : ulong.MaxValue);
        var i = 0L;
        for (; i + Vector<long>.Count <= count; i += Vector<long>.Count)
        {
            var x = Vector.Load(values + i);
            var inside = Vector.LessThan(Vector.AsVectorUInt64(x), limit);
            var fits = inside | Vector.AsVectorUInt64(Vector.Equals(x, spared)) & sparing;
            if (!Vector.EqualsAll(fits, new(ulong.MaxValue)))
            {
                break;
            }
        }

        return i;
    }

    /// <summary>Refuses numbers outside [0, 1] (on the CPU; on CUDA reading them would stall the stream).</summary>
    public static void Probabilities(
        Tensor tensor,
        string loss,
        [CallerArgumentExpression(nameof(tensor))] string name = ""
    )
    {
        if (tensor.device_type is not DeviceType.CPU || tensor.numel() == 0)
        {
            return;
        }

        using var scope = NewDisposeScope();
        var (low, high) = tensor.detach().aminmax();
        var (min, max) = (low.to(ScalarType.Float64).item<double>(), high.to(ScalarType.Float64).item<double>());
        if (!(min >= 0 && max <= 1))
        {
            throw new ArgumentException($"{loss}: {name} must lie in [0, 1], got values from {min} to {max}.", name);
        }
    }

    /// <summary>Refuses numbers that are not above a bound (on the CPU; on CUDA reading them would stall the stream).</summary>
    /// <param name="tensor">The numbers.</param>
    /// <param name="bound">The bound.</param>
    /// <param name="loss">The loss, for the message.</param>
    /// <param name="orEqual">Whether the bound itself is accepted.</param>
    /// <param name="hint">What else may help, for the message.</param>
    /// <param name="name">The tensor's name.</param>
    public static void Above(
        Tensor tensor,
        double bound,
        string loss,
        bool orEqual = false,
        string hint = "",
        [CallerArgumentExpression(nameof(tensor))] string name = ""
    )
    {
        if (tensor.device_type is not DeviceType.CPU || tensor.numel() == 0)
        {
            return;
        }

        using var scope = NewDisposeScope();
        var least = tensor.detach().min().to(ScalarType.Float64).item<double>();
        if (!(orEqual ? least >= bound : least > bound))
        {
            throw new ArgumentException(
                $"{loss}: {name} must be {(orEqual ? "at least" : "greater than")} {bound}, got {least}.{hint}",
                name
            );
        }
    }

    /// <summary>Refuses an optional weight or mask that does not broadcast to a shape.</summary>
    public static void BroadcastsTo(
        Tensor? tensor,
        Tensor target,
        string loss,
        [CallerArgumentExpression(nameof(tensor))] string name = ""
    )
    {
        if (tensor is null)
        {
            return;
        }

        SameDevice(tensor, target, loss, name, "the loss");
        var (own, wanted) = (tensor.shape, target.shape);
        var fits = own.Length <= wanted.Length;
        for (var i = 1; fits && i <= own.Length; i++)
        {
            fits = own[^i] == wanted[^i] || own[^i] == 1;
        }

        if (!fits)
        {
            throw new ArgumentException(
                $"{loss}: {name} must broadcast to the losses' shape {target.Shape}, got {tensor.Shape}.",
                name
            );
        }
    }
}
