using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TorchLoss;

/// <summary>A node of autograd that calls functions of ours: what TorchSharp's <c>autograd.Function</c> is made of.</summary>
/// <remarks>That class makes two thunks, a dozen lists and as many pinned arrays for each call, which takes longer than the loss of a small batch.</remarks>
static unsafe partial class NativeNode
{
    [ThreadStatic]
    static nint* output;

    /// <summary>A new node that belongs to nobody yet.</summary>
    /// <param name="apply">Gets the gradients of the outputs, returns those of the inputs.</param>
    /// <param name="delete">Called when the node goes.</param>
    public static NodeHandle Create(nint apply, nint delete)
    {
        var node = THSAutograd_CSharpNode_ctor(apply, delete);
        CheckForErrors();
        return node;
    }

    /// <summary>Says whose gradients the node will return.</summary>
    public static void SetInputs(NodeHandle node, in HandleArray inputs)
    {
        THSAutograd_CSharpNode_setNextEdges(node, inputs, 1);
        CheckForErrors();
    }

    /// <summary>A tensor kept for backward, which will refuse it if it was changed in the meantime.</summary>
    public static nint Save(Tensor tensor, NodeHandle node)
    {
        var saved = THSAutograd_SavedVariable_ctor(tensor.Handle, node, 0);
        CheckForErrors();
        return saved;
    }

    /// <summary>A saved tensor as it was.</summary>
    public static Tensor Unpack(nint saved, NodeHandle node)
    {
        var tensor = THSAutograd_SavedVariable_unpack(saved, node);
        CheckForErrors();
        return Tensor.UnsafeCreateTensor(tensor);
    }

    /// <summary>Forgets a saved tensor.</summary>
    public static void Forget(nint saved) => THSAutograd_SavedVariable_dispose(saved);

    /// <summary>A value as what the node has computed of its inputs; it owns the node from then on.</summary>
    public static Tensor Result(NodeHandle node, in HandleArray inputs, Tensor value)
    {
        nint result = 0;
        output = &result;
        var raw = value.Handle;
        THSAutograd_Function_wrapOutputs(inputs, default, default, new(&raw, 1), node, &Output);
        CheckForErrors();
        return Tensor.UnsafeCreateTensor(result);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static nint* Output(nuint count) => output;

    /// <summary>Lets go of a node: it goes as soon as no tensor needs it.</summary>
    public static void Release(NodeHandle node) => THSAutograd_CSharpNode_disposeSharedPtr(node);

    /// <summary>Forgets a node that has gone.</summary>
    public static void Forget(NodeHandle node) => THSAutograd_CSharpNode_disposeWeakPtr(node);

    [LibraryImport("LibTorchSharp")]
    private static partial NodeHandle THSAutograd_CSharpNode_ctor(nint apply, nint delete);

    [LibraryImport("LibTorchSharp")]
    private static partial void THSAutograd_CSharpNode_setNextEdges(
        NodeHandle node,
        HandleArray inputs,
        byte isExecutable
    );

    [LibraryImport("LibTorchSharp")]
    private static partial void THSAutograd_CSharpNode_disposeSharedPtr(NodeHandle node);

    [LibraryImport("LibTorchSharp")]
    private static partial void THSAutograd_CSharpNode_disposeWeakPtr(NodeHandle node);

    [LibraryImport("LibTorchSharp")]
    private static partial void THSAutograd_Function_wrapOutputs(
        HandleArray inputs,
        HandleArray nonDifferentiable,
        HandleArray dirty,
        HandleArray outputs,
        NodeHandle node,
        delegate* unmanaged[Cdecl]<nuint, nint*> allocator
    );

    [LibraryImport("LibTorchSharp")]
    private static partial nint THSAutograd_SavedVariable_ctor(nint tensor, NodeHandle node, byte isInPlaceOnView);

    [LibraryImport("LibTorchSharp")]
    private static partial void THSAutograd_SavedVariable_dispose(nint saved);

    [LibraryImport("LibTorchSharp")]
    private static partial nint THSAutograd_SavedVariable_unpack(nint saved, NodeHandle node);
}

/// <summary>A node, once as its owner and once only to find it.</summary>
/// <param name="Owner">Keeps the node alive until it is released.</param>
/// <param name="Weak">Does not.</param>
[StructLayout(LayoutKind.Sequential)]
readonly record struct NodeHandle(nint Owner, nint Weak);

/// <summary>Handles of tensors as native code takes them.</summary>
/// <param name="items">Where they lie.</param>
/// <param name="count">How many there are.</param>
[StructLayout(LayoutKind.Sequential)]
readonly unsafe struct HandleArray(nint* items, long count)
{
    readonly nint* items = items;
    readonly long count = count;
}
