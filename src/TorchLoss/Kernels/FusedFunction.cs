using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace TorchLoss;

/// <summary>What autograd must know of one fused call: its gradient, and the formula for everything beyond the first order.</summary>
abstract class FusedCall
{
    /// <summary>The gradient (float32, of the input's shape) as a bare handle: no wrapper waits for the garbage collector.</summary>
    nint gradient;

    long[] shape = [];

    /// <summary>What the last backward returned: libtorch copies the reference only after our code has ended.</summary>
    Tensor? returned;

    /// <summary>The reduced loss on torch tensors.</summary>
    /// <param name="input">The input that the gradient is for.</param>
    /// <param name="others">The other tensors that were given to <see cref="FusedFunction.Attach"/>.</param>
    public abstract Tensor Composed(Tensor input, IReadOnlyList<Tensor?> others);

    /// <summary>The upstream gradient of unreduced losses, shaped so that it broadcasts to the input.</summary>
    public virtual Tensor Broadcast(Tensor upstream) => upstream;

    /// <summary>Takes over the gradient.</summary>
    public void Keep(Tensor gradient)
    {
        shape = gradient.shape;
        this.gradient = gradient.DetachFromDisposeScope().DecoupleFromNativeHandle();
    }

    /// <summary>Gives everything back; called when the graph drops its node.</summary>
    public void Release()
    {
        TakeGradient()?.Dispose();
        returned?.Dispose();
        returned = null;
    }

    /// <summary>The gradient, once: who receives it may write into it.</summary>
    public Tensor? TakeGradient() =>
        Interlocked.Exchange(ref gradient, 0) is var handle and not 0
            ? Tensor.UnsafeCreateTensor(handle).DetachFromDisposeScope()
            : null;

    /// <summary>What to return when the backward pass failed.</summary>
    public Tensor NotANumber() => Return(full(shape, float.NaN));

    /// <summary>Keeps what backward returns alive until libtorch has its own reference.</summary>
    public Tensor Return(Tensor result)
    {
        returned?.Dispose();
        return returned = result.DetachFromDisposeScope();
    }
}

/// <summary>The one autograd node of all fused losses: the forward pass made the gradient, backward hands it out.</summary>
/// <remarks>
/// <para>The kernel has run before the node is made, so that nothing can fail inside of libtorch's callbacks but the backward
/// pass; what fails there would kill the process. It is caught, the gradient becomes NaN, and the next fused loss on the thread
/// throws it.</para>
/// <para>Under <c>create_graph</c> the composed form is differentiated instead. So it is for a second backward through a
/// retained graph, since whoever got the gradient of the first may have changed it in place.</para>
/// </remarks>
sealed class FusedFunction : autograd.SingleTensorFunction<FusedFunction>
{
    const string Key = "call";

    [ThreadStatic]
    static ExceptionDispatchInfo? failure;

    /// <inheritdoc/>
    public override string Name => "TorchLoss";

    /// <summary>Throws what went wrong in an earlier backward pass on this thread.</summary>
    public static void Rethrow()
    {
        if (failure is { } caught)
        {
            failure = null;
            caught.Throw();
        }
    }

    /// <summary>The value as a node of the input's graph.</summary>
    /// <param name="input">The input that the gradient is for.</param>
    /// <param name="value">The reduced loss (disposed here).</param>
    /// <param name="gradient">Its gradient by the input (taken over).</param>
    /// <param name="call">The formula.</param>
    /// <param name="others">The other tensors that the formula reads.</param>
    public static Tensor Attach(Tensor input, Tensor value, Tensor gradient, FusedCall call, params Tensor?[] others)
    {
        call.Keep(gradient);
        using var scope = NewDisposeScope();
        using var lifetime = Lifetime(call);
        using var raw = value;
        var node = new Node(call, value, [lifetime, .. others]);
        return apply(Stealable(input), node).MoveToOuterDisposeScope();
    }

    sealed record Node(FusedCall Call, Tensor Value, Tensor?[] Saved);

    /// <summary>A leaf copies a gradient that somebody else refers to; through a view it gets a reference of its own and does not.</summary>
    static Tensor Stealable(Tensor input)
    {
        const long WorthAView = 1 << 16;
        return input.numel() >= WorthAView && input.is_leaf ? input.view(input.shape) : input;
    }

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var node = (Node)vars[1];
        ctx.set_materialize_grads(false);
        ctx.save_for_backward([(Tensor)vars[0], .. node.Saved]);
        ctx.save_data(Key, node.Call);
        return node.Value;
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var call = (FusedCall)ctx.get_data(Key);
        try
        {
            using var scope = NewDisposeScope();
            using var upstream = grad_output;
            return [upstream.IsInvalid ? null! : call.Return(Backward(ctx, call, upstream)), null!];
        }
        catch (Exception e)
        {
            failure = ExceptionDispatchInfo.Capture(e);
            return [NotANumber(call)!, null!];
        }
    }

    static Tensor Backward(autograd.AutogradContext ctx, FusedCall call, Tensor upstream)
    {
        if (is_grad_enabled() || call.TakeGradient() is not { } gradient)
        {
            return Differentiate(ctx, call, upstream);
        }

        // ours alone, so it is scaled in place; libtorch casts it to the input's dtype
        return IsOne(upstream) ? gradient : gradient.mul_(call.Broadcast(upstream));
    }

    static unsafe bool IsOne(Tensor upstream) =>
        upstream.dtype is ScalarType.Float32
        && upstream.device_type is DeviceType.CPU
        && (upstream.numel() == 1 || upstream.stride().All(stride => stride == 0))
        && NativeTensor.Data(upstream) is var data
        && data != null
        && *(float*)data == 1;

    /// <summary>The gradient of the composed form, itself differentiable where the caller wants that.</summary>
    static Tensor Differentiate(autograd.AutogradContext ctx, FusedCall call, Tensor upstream)
    {
        var graph = is_grad_enabled();
        var saved = ctx.get_saved_variables();
        var input = graph ? saved[0] : saved[0].detach().requires_grad_();
        using var recording = enable_grad();
        var value = call.Composed(input, saved[2..]);

        // libtorch's grad kills the process where there is nothing to differentiate
        return value.requires_grad
            ? autograd.grad([value], [input], [upstream], retain_graph: graph, create_graph: graph)[0]
            : zeros_like(input);
    }

    /// <summary>NaN in the gradient's place; if there is no memory even for that, none flows.</summary>
    static Tensor? NotANumber(FusedCall call)
    {
        try
        {
            return call.NotANumber();
        }
        catch (Exception)
        {
            return null;
        }
    }

    /// <summary>An empty tensor that the node saves: its release tells that the node is gone.</summary>
    static unsafe Tensor Lifetime(FusedCall call)
    {
        var handle = GCHandle.ToIntPtr(GCHandle.Alloc(call));
        return NativeTensor.Wrap((void*)handle, &Released, [0], ScalarType.Byte);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static unsafe void Released(void* data)
    {
        var handle = GCHandle.FromIntPtr((nint)data);
        var call = (FusedCall)handle.Target!;
        handle.Free();
        call.Release();
    }
}
