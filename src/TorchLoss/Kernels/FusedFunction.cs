using System.Runtime.ExceptionServices;

namespace TorchLoss;

/// <summary>What autograd must know of one fused call beside its gradients: the formula, for everything beyond the first order.</summary>
abstract class FusedCall
{
    /// <summary>The reduced loss on torch tensors.</summary>
    /// <param name="inputs">The inputs that the gradients are for.</param>
    /// <param name="others">The other tensors that were given to <see cref="FusedFunction"/>.</param>
    public abstract Tensor Composed(IReadOnlyList<Tensor> inputs, IReadOnlyList<Tensor?> others);

    /// <summary>The upstream gradient of unreduced losses, shaped so that it broadcasts to the input.</summary>
    public virtual Tensor Broadcast(Tensor upstream) => upstream;
}

/// <summary>All fused losses as one function of autograd: the forward pass made the gradient, backward hands it out.</summary>
/// <remarks>
/// <para>The kernel has run before the node is made, so that nothing can fail inside of libtorch's callbacks but the backward
/// pass; what fails there would kill the process. It is caught, the gradient becomes NaN, and the next fused loss on the thread
/// throws it.</para>
/// <para>Under <c>create_graph</c> the composed form is differentiated instead. So it is for a second backward through a
/// retained graph, since whoever got the gradient of the first may have changed it in place.</para>
/// </remarks>
static class FusedFunction
{
    [ThreadStatic]
    static ExceptionDispatchInfo? failure;

    /// <summary>Throws what went wrong in an earlier backward pass on this thread.</summary>
    public static void Rethrow()
    {
        if (failure is { } caught)
        {
            failure = null;
            caught.Throw();
        }
    }

    /// <summary>Remembers what went wrong in a backward pass.</summary>
    public static void Fail(ExceptionDispatchInfo caught) => failure = caught;

    /// <summary>The value as a node of the input's graph.</summary>
    /// <param name="input">The input that the gradient is for.</param>
    /// <param name="value">The reduced loss (disposed here).</param>
    /// <param name="gradient">Its gradient by the input (taken over).</param>
    /// <param name="call">The formula.</param>
    /// <param name="others">The other tensors that the formula reads.</param>
    public static Tensor Attach(
        Tensor input,
        Tensor value,
        Tensor gradient,
        FusedCall call,
        params ReadOnlySpan<Tensor?> others
    ) => Attach([input], value, [gradient], call, others);

    /// <summary>The value as a node of the graphs of several inputs.</summary>
    /// <param name="inputs">The inputs that the gradients are for.</param>
    /// <param name="value">The reduced loss (disposed here).</param>
    /// <param name="gradients">Its gradient by each input (taken over), null where none is needed.</param>
    /// <param name="call">The formula.</param>
    /// <param name="others">The other tensors that the formula reads.</param>
    public static Tensor Attach(
        ReadOnlySpan<Tensor> inputs,
        Tensor value,
        ReadOnlySpan<Tensor?> gradients,
        FusedCall call,
        params ReadOnlySpan<Tensor?> others
    )
    {
        using var scope = NewDisposeScope();
        using var raw = value;
        var views = new Tensor[inputs.Length];
        for (var i = 0; i < views.Length; i++)
        {
            views[i] = Stealable(inputs[i]);
        }

        return FusedNode.Attach(call, views, others, value, gradients).MoveToOuterDisposeScope();
    }

    /// <summary>A leaf copies a gradient that somebody else refers to; through a view it gets a reference of its own and does not.</summary>
    static Tensor Stealable(Tensor input)
    {
        const long WorthAView = 1 << 16;
        return input.is_leaf && input.numel() >= WorthAView ? input.view(input.shape) : input;
    }

    /// <summary>The gradients of the composed form, themselves differentiable where the caller wants that.</summary>
    /// <param name="call">The formula.</param>
    /// <param name="inputs">How many of the saved tensors the gradients are for.</param>
    /// <param name="saved">These inputs and the other tensors.</param>
    /// <param name="upstream">The gradient by the value.</param>
    public static Tensor?[] Differentiate(FusedCall call, int inputs, Tensor?[] saved, Tensor upstream)
    {
        var graph = is_grad_enabled();
        var given = Array.ConvertAll(saved[..inputs], input => input!);
        var learns = Array.ConvertAll(given, input => input.requires_grad);

        // a view of each: one input may itself be made of another, whose gradient must not hold what comes by way of the first
        var copies = Array.ConvertAll(given, input => graph ? input.view(input.shape) : Leaf(input));
        using var recording = enable_grad();
        var value = call.Composed(copies, saved[inputs..]);
        var asked = copies.Where((_, i) => learns[i]).ToList();

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
}
