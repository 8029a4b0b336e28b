namespace TorchLoss.Standard;

/// <summary>Brings the tensors of PyTorch's losses into one dtype and, where PyTorch broadcasts them, into one shape.</summary>
static class Operands
{
    extension(Tensor target)
    {
        /// <summary>Labels of an integer or bool type as numbers of the input's type; half precision as float32.</summary>
        public Tensor Like(Tensor input) =>
            target.is_floating_point() ? target.Upcast() : target.to(input.Upcast().dtype);
    }

    /// <summary>Refuses two tensors that do not broadcast against each other; gives their common shape.</summary>
    public static long[] CommonShape(Tensor a, Tensor b, string loss, string aName, string bName)
    {
        var (x, y) = (a.shape, b.shape);
        var common = new long[Math.Max(x.Length, y.Length)];
        for (var i = 1; i <= common.Length; i++)
        {
            var left = i <= x.Length ? x[^i] : 1;
            var right = i <= y.Length ? y[^i] : 1;
            if (left != right && left != 1 && right != 1)
            {
                throw new ArgumentException(
                    $"{loss}: {aName} and {bName} must broadcast to one shape, got {a.Shape} and {b.Shape}.",
                    bName
                );
            }

            common[^i] = left == 1 ? right : left;
        }

        return common;
    }

    /// <summary>Input and target in the shape they broadcast to.</summary>
    public static (Tensor input, Tensor target) Broadcast(Tensor input, Tensor target, string loss)
    {
        InputCheck.Floating(input, loss);
        InputCheck.SameDevice(target, input, loss);
        var (x, t) = (input.Upcast(), target.Like(input));
        if (x.shape.AsSpan().SequenceEqual(t.shape))
        {
            return (x, t);
        }

        var shape = CommonShape(input, target, loss, nameof(input), nameof(target));
        return (x.expand(shape), t.expand(shape));
    }

    /// <summary>Input and target that must have one shape.</summary>
    public static (Tensor input, Tensor target) Pair(Tensor input, Tensor target, string loss)
    {
        InputCheck.Floating(input, loss);
        InputCheck.SameShape(target, input, loss);
        InputCheck.SameDevice(target, input, loss);
        return (input.Upcast(), target.Like(input));
    }
}
