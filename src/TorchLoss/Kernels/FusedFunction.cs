using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace TorchLoss;

/// <summary>What autograd must know of one fused call: its gradients, and the formula for everything beyond the first order.</summary>
abstract class FusedCall
{
    /// <summary>The gradients (float32, of the inputs' shapes) as bare handles: no wrapper waits for the garbage collector.</summary>
    nint[]? gradients;

    long[]?[] shapes = [];

    /// <summary>What the last backward returned: libtorch copies the reference only after our code has ended.</summary>
    Tensor?[] returned = [];

    /// <summary>The reduced loss on torch tensors.</summary>
    /// <param name="inputs">The inputs that the gradients are for.</param>
    /// <param name="others">The other tensors that were given to <see cref="FusedFunction"/>.</param>
    public abstract Tensor Composed(IReadOnlyList<Tensor> inputs, IReadOnlyList<Tensor?> others);

    /// <summary>The upstream gradient of unreduced losses, shaped so that it broadcasts to the input.</summary>
    public virtual Tensor Broadcast(Tensor upstream) => upstream;

    /// <summary>How many inputs there are.</summary>
    public int Count => shapes.Length;

    /// <summary>Takes over the gradients; null for an input that needs none.</summary>
    public void Keep(Tensor?[] gradients)
    {
        shapes = Array.ConvertAll(gradients, gradient => gradient?.shape);
        this.gradients = Array.ConvertAll(
            gradients,
            gradient => gradient is null ? 0 : gradient.DetachFromDisposeScope().DecoupleFromNativeHandle()
        );
    }

    /// <summary>Gives everything back; called when the graph drops its node.</summary>
    public void Release()
    {
        Dispose(TakeGradients() ?? []);
        Dispose(returned);
        returned = [];
    }

    /// <summary>The gradients, once: who receives them may write into them.</summary>
    public Tensor?[]? TakeGradients() =>
        Interlocked.Exchange(ref gradients, null) is { } handles
            ? Array.ConvertAll(
                handles,
                handle => handle == 0 ? null : Tensor.UnsafeCreateTensor(handle).DetachFromDisposeScope()
            )
            : null;

    /// <summary>What to return when the backward pass failed.</summary>
    public Tensor?[] NotANumber() => Return(Array.ConvertAll(shapes, s => s is null ? null : full(s, float.NaN)));

    /// <summary>Keeps what backward returns alive until libtorch has its own reference.</summary>
    public Tensor?[] Return(Tensor?[] results)
    {
        Dispose(returned);
        return returned = Array.ConvertAll(results, result => result?.DetachFromDisposeScope());
    }

    static void Dispose(Tensor?[] tensors)
    {
        foreach (var tensor in tensors)
        {
            tensor?.Dispose();
        }
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
    public static Tensor Attach(Tensor input, Tensor value, Tensor gradient, FusedCall call, params Tensor?[] others) =>
        Attach([input], value, [gradient], call, others);

    /// <summary>The value as a node of the graphs of several inputs.</summary>
    /// <param name="inputs">The inputs that the gradients are for.</param>
    /// <param name="value">The reduced loss (disposed here).</param>
    /// <param name="gradients">Its gradient by each input (taken over), null where none is needed.</param>
    /// <param name="call">The formula.</param>
    /// <param name="others">The other tensors that the formula reads.</param>
    public static Tensor Attach(
        Tensor[] inputs,
        Tensor value,
        Tensor?[] gradients,
        FusedCall call,
        params Tensor?[] others
    )
    {
        call.Keep(gradients);
        using var scope = NewDisposeScope();
        using var lifetime = Lifetime(call);
        using var raw = value;
        var node = new Node(call, value, [lifetime, .. others]);
        return apply([.. inputs.Select(Stealable), node]).MoveToOuterDisposeScope();
    }

    sealed record Node(FusedCall Call, Tensor Value, Tensor?[] Saved);

    /// <summary>A leaf copies a gradient that somebody else refers to; through a view it gets a reference of its own and does not.</summary>
    static Tensor Stealable(Tensor input)
    {
        const long WorthAView = 1 << 16;
        return input.is_leaf && input.numel() >= WorthAView ? input.view(input.shape) : input;
    }

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var node = (Node)vars[^1];
        ctx.set_materialize_grads(false);
        ctx.save_for_backward([.. vars[..^1].Cast<Tensor>(), .. node.Saved]);
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
            return upstream.IsInvalid ? Nothing(call) : Arguments(call.Return(Backward(ctx, call, upstream)));
        }
        catch (Exception e)
        {
            failure = ExceptionDispatchInfo.Capture(e);
            return NotANumber(call);
        }
    }

    /// <summary>libtorch wants one gradient for each argument of forward, also for the node.</summary>
    static List<Tensor> Arguments(Tensor?[] gradients) => [.. gradients.Select(gradient => gradient!), null!];

    static List<Tensor> Nothing(FusedCall call) => Arguments(new Tensor?[call.Count]);

    static Tensor?[] Backward(autograd.AutogradContext ctx, FusedCall call, Tensor upstream)
    {
        if (is_grad_enabled() || call.TakeGradients() is not { } gradients)
        {
            return Differentiate(ctx, call, upstream);
        }

        if (!IsOne(upstream))
        {
            // ours alone, so they are scaled in place; libtorch casts them to the inputs' dtype
            var factor = call.Broadcast(upstream);
            foreach (var gradient in gradients)
            {
                gradient?.mul_(factor);
            }
        }

        return gradients;
    }

    static unsafe bool IsOne(Tensor upstream) =>
        upstream.dtype is ScalarType.Float32
        && upstream.device_type is DeviceType.CPU
        && (upstream.numel() == 1 || upstream.stride().All(stride => stride == 0))
        && NativeTensor.Data(upstream) is var data
        && data != null
        && *(float*)data == 1;

    /// <summary>The gradients of the composed form, themselves differentiable where the caller wants that.</summary>
    static Tensor?[] Differentiate(autograd.AutogradContext ctx, FusedCall call, Tensor upstream)
    {
        var graph = is_grad_enabled();
        var saved = ctx.get_saved_variables();
        var learns = saved.Take(call.Count).Select(input => input.requires_grad).ToArray();

        // a view of each: one input may itself be made of another, whose gradient must not hold what comes by way of the first
        Tensor[] inputs = [.. saved.Take(call.Count).Select(input => graph ? input.view(input.shape) : Leaf(input))];
        using var recording = enable_grad();
        var value = call.Composed(inputs, saved[(call.Count + 1)..]);
        var asked = inputs.Where((_, i) => learns[i]).ToList();

#pragma warning disable RS0030 // inside backward there is no other way to a gradient that is itself differentiable
        // libtorch's grad kills the process where there is nothing to differentiate
        var gradients = new Queue<Tensor>(
            value.requires_grad
                ? autograd.grad([value], asked, [upstream], retain_graph: graph, create_graph: graph)
                : asked.Select(input => zeros_like(input))
        );
#pragma warning restore RS0030
        return Array.ConvertAll(learns, learned => learned ? gradients.Dequeue() : null);
    }

    static Tensor Leaf(Tensor input) => input.requires_grad ? input.detach().requires_grad_() : input;

    /// <summary>NaN in the gradients' place; if there is no memory even for that, none flows.</summary>
    static List<Tensor> NotANumber(FusedCall call)
    {
        try
        {
            return Arguments(call.NotANumber());
        }
        catch (Exception)
        {
            return Nothing(call);
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
