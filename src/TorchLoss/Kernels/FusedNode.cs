using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace TorchLoss;

/// <summary>What a node of autograd refers to: the call, its gradients, and the tensors saved for everything beyond the first order.</summary>
/// <remarks>
/// <para>Native code can tell its nodes apart only by the functions they call, so each needs functions of its own. Those are made
/// once and used again by later nodes: as many are ever made as nodes were alive at a time.</para>
/// <para>Tensors are held as bare handles, so that no wrapper waits for the garbage collector.</para>
/// </remarks>
sealed unsafe class FusedNode
{
    static readonly ConcurrentStack<FusedNode> idle = [];
    static int made;

    readonly Lock gate = new();
    readonly ApplyFunction apply;
    readonly DeleteFunction delete;
    readonly List<nint> saved = [];

    /// <summary>Gradients as libtorch reads them after backward has returned: pinned, and kept until the next backward or the end.</summary>
    nint[] gradients = [];

    /// <summary>What backward returns where no gradient flows.</summary>
    nint[] nothing = [];

    NodeHandle handle;
    FusedCall? call;
    int inputs;
    bool isFresh;

    FusedNode()
    {
        (apply, delete) = (Apply, Delete);
        GCHandle.Alloc(this); // for ever: native code refers to the two functions, which the garbage collector does not see
        Interlocked.Increment(ref made);
    }

    /// <summary>How many were ever made.</summary>
    public static int Made => made;

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    delegate HandleArray ApplyFunction(nint* upstream, int count);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    delegate void DeleteFunction();

    /// <summary>The value as the result of a node.</summary>
    /// <param name="call">The formula.</param>
    /// <param name="inputs">The inputs that the gradients are for.</param>
    /// <param name="others">The other tensors that the formula reads.</param>
    /// <param name="value">The value.</param>
    /// <param name="gradients">Its gradient by each input (taken over), null where none is needed.</param>
    public static Tensor Attach(
        FusedCall call,
        ReadOnlySpan<Tensor> inputs,
        ReadOnlySpan<Tensor?> others,
        Tensor value,
        ReadOnlySpan<Tensor?> gradients
    )
    {
        var node = idle.TryPop(out var used) ? used : new();
        node.handle = NativeNode.Create(
            Marshal.GetFunctionPointerForDelegate(node.apply),
            Marshal.GetFunctionPointerForDelegate(node.delete)
        );
        try
        {
            node.Keep(call, gradients);
            node.Save(inputs);
            node.Save(others);
            return node.Result(inputs, value);
        }
        finally
        {
            NativeNode.Release(node.handle); // the value owns it now; if there is none, the node goes, and Delete is called
        }
    }

    void Keep(FusedCall made, ReadOnlySpan<Tensor?> by)
    {
        (call, inputs, isFresh) = (made, by.Length, true);
        if (gradients.Length < inputs)
        {
            gradients = GC.AllocateArray<nint>(inputs, pinned: true);
            nothing = GC.AllocateArray<nint>(inputs, pinned: true);
        }

        for (var i = 0; i < inputs; i++)
        {
            gradients[i] = Handle(by[i]);
        }
    }

    void Save(ReadOnlySpan<Tensor?> tensors)
    {
        foreach (var tensor in tensors)
        {
            saved.Add(tensor is null ? 0 : NativeNode.Save(tensor, handle));
        }
    }

    Tensor Result(ReadOnlySpan<Tensor> of, Tensor value)
    {
        var handles = stackalloc nint[of.Length];
        for (var i = 0; i < of.Length; i++)
        {
            handles[i] = of[i].Handle;
        }

        HandleArray array = new(handles, of.Length);
        NativeNode.SetInputs(handle, array);
        return NativeNode.Result(handle, array, value);
    }

    /// <summary>Called by backward. An exception here would kill the process.</summary>
    HandleArray Apply(nint* upstream, int count)
    {
        lock (gate)
        {
            try
            {
                using var scope = NewDisposeScope();
                return *upstream == 0 ? Array(nothing) : Backward(Tensor.UnsafeCreateTensor(*upstream));
            }
            catch (Exception e)
            {
                FusedFunction.Fail(ExceptionDispatchInfo.Capture(e));
                return NotANumber();
            }
        }
    }

    HandleArray Backward(Tensor upstream)
    {
        if (isFresh && !is_grad_enabled())
        {
            isFresh = false; // whoever receives the gradients may write into them
            if (!IsOne(upstream))
            {
                Scale(call!.Broadcast(upstream));
            }
        }
        else
        {
            Replace(FusedFunction.Differentiate(call!, inputs, Unpacked(), upstream));
        }

        return Array(gradients);
    }

    static bool IsOne(Tensor upstream) =>
        upstream.dtype is ScalarType.Float32
        && upstream.device_type is DeviceType.CPU
        && (upstream.numel() == 1 || upstream.stride().All(stride => stride == 0))
        && NativeTensor.Data(upstream) is var data
        && data != null
        && *(float*)data == 1;

    /// <summary>Ours alone, so they are scaled in place; libtorch casts them to the inputs' dtype.</summary>
    void Scale(Tensor factor)
    {
        for (var i = 0; i < inputs; i++)
        {
            _ = Borrow(gradients[i], gradient => gradient.mul_(factor));
        }
    }

    Tensor?[] Unpacked() => [.. saved.Select(s => s == 0 ? null : NativeNode.Unpack(s, handle))];

    HandleArray NotANumber()
    {
        try
        {
            Replace([.. gradients.Take(inputs).Select(g => Borrow(g, like => full_like(like, float.NaN)))]);
            return Array(gradients);
        }
        catch (Exception)
        {
            return Array(nothing); // no memory even for that: no gradient flows
        }
    }

    /// <summary>Works on a tensor whose handle stays ours, also when the work fails; there may be none.</summary>
    static Tensor? Borrow(nint handle, Func<Tensor, Tensor> work)
    {
        if (handle == 0)
        {
            return null;
        }

        var tensor = Tensor.UnsafeCreateTensor(handle);
        try
        {
            return work(tensor);
        }
        finally
        {
            Handle(tensor);
        }
    }

    void Replace(Tensor?[] by)
    {
        for (var i = 0; i < inputs; i++)
        {
            NativeTensor.Dispose(gradients[i]);
            gradients[i] = Handle(by[i]);
        }
    }

    HandleArray Array(nint[] pinned) => new((nint*)Marshal.UnsafeAddrOfPinnedArrayElement(pinned, 0), inputs);

    /// <summary>The handle alone; the wrapper is empty then.</summary>
    static nint Handle(Tensor? tensor) => tensor?.DetachFromDisposeScope().DecoupleFromNativeHandle() ?? 0;

    /// <summary>Called when the node has gone, on whatever thread dropped the last reference.</summary>
    void Delete()
    {
        foreach (var tensor in saved.Where(tensor => tensor != 0))
        {
            NativeNode.Forget(tensor);
        }

        for (var i = 0; i < inputs; i++)
        {
            NativeTensor.Dispose(gradients[i]);
        }

        NativeNode.Forget(handle);
        saved.Clear();
        (call, inputs) = (null, 0);
        idle.Push(this);
    }
}
