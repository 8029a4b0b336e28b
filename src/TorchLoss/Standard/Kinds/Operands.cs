namespace TorchLoss.Standard;

/// <summary>Brings the tensors of PyTorch's losses into one dtype and, where PyTorch broadcasts them, into one shape.</summary>
static class Operands
{
    extension(Tensor target)
    {
        /// <summary>Labels of an integer or bool type as numbers of the input's type (float32 for half precision).</summary>
        public Tensor Like(Tensor input) => target.is_floating_point() ? target : target.to(input.WideType);

        /// <summary>The type that half precision is computed in, else the tensor's own.</summary>
        public ScalarType WideType =>
            target.dtype is ScalarType.Float16 or ScalarType.BFloat16 ? ScalarType.Float32 : target.dtype;
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
        var t = target.Like(input);
        if (input.HasShapeOf(t))
        {
            return (input, t);
        }

        var shape = CommonShape(input, target, loss, nameof(input), nameof(target));
        return (input.expand(shape), t.expand(shape));
    }

    /// <summary>Input and target that must have one shape.</summary>
    public static (Tensor input, Tensor target) Pair(Tensor input, Tensor target, string loss)
    {
        InputCheck.Floating(input, loss);
        InputCheck.SameShape(target, input, loss);
        InputCheck.SameDevice(target, input, loss);
        return (input, target.Like(input));
    }
}
