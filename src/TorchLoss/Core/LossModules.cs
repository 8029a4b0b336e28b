using TorchSharp.Modules;
using static TorchSharp.torch.nn;

namespace TorchLoss;

/// <summary>A loss of one tensor.</summary>
/// <param name="reduction">How single losses become one value.</param>
public abstract class LossModule1(Reduction reduction = Reduction.Mean) : Module<Tensor, Tensor>("Loss"), ILoss
{
    /// <summary>How single losses become one value.</summary>
    public Reduction reduction { get; } = reduction;

    /// <inheritdoc/>
    public abstract LossInfo Info { get; }

    /// <inheritdoc/>
    public abstract Tensor Evaluate(TensorArguments inputs);

    /// <summary>Nothing: setters have registered all there is. By their fields, parts would be registered a second time.</summary>
    protected override void RegisterComponents() { }
}

/// <summary>A loss of two tensors: a <see cref="Loss{T1, T2, TResult}"/> as TorchSharp's own are.</summary>
/// <param name="reduction">How single losses become one value.</param>
public abstract class LossModule2(Reduction reduction = Reduction.Mean) : Loss<Tensor, Tensor, Tensor>(reduction), ILoss
{
    /// <inheritdoc/>
    public abstract LossInfo Info { get; }

    /// <inheritdoc/>
    public abstract Tensor Evaluate(TensorArguments inputs);

    /// <summary>Nothing: setters have registered all there is. By their fields, parts would be registered a second time.</summary>
    protected override void RegisterComponents() { }
}

/// <summary>A loss of three tensors.</summary>
/// <param name="reduction">How single losses become one value.</param>
public abstract class LossModule3(Reduction reduction = Reduction.Mean)
    : Loss<Tensor, Tensor, Tensor, Tensor>(reduction),
        ILoss
{
    /// <inheritdoc/>
    public abstract LossInfo Info { get; }

    /// <inheritdoc/>
    public abstract Tensor Evaluate(TensorArguments inputs);

    /// <summary>Nothing: setters have registered all there is. By their fields, parts would be registered a second time.</summary>
    protected override void RegisterComponents() { }
}

/// <summary>A loss of four tensors.</summary>
/// <param name="reduction">How single losses become one value.</param>
public abstract class LossModule4(Reduction reduction = Reduction.Mean)
    : Loss<Tensor, Tensor, Tensor, Tensor, Tensor>(reduction),
        ILoss
{
    /// <inheritdoc/>
    public abstract LossInfo Info { get; }

    /// <inheritdoc/>
    public abstract Tensor Evaluate(TensorArguments inputs);

    /// <summary>Nothing: setters have registered all there is. By their fields, parts would be registered a second time.</summary>
    protected override void RegisterComponents() { }
}

/// <summary>A loss of one list of tensors.</summary>
/// <param name="reduction">How single losses become one value.</param>
public abstract class LossModuleOfList(Reduction reduction = Reduction.Mean)
    : Module<IReadOnlyList<Tensor>, Tensor>("Loss"),
        ILoss
{
    /// <summary>How single losses become one value.</summary>
    public Reduction reduction { get; } = reduction;

    /// <inheritdoc/>
    public abstract LossInfo Info { get; }

    /// <inheritdoc/>
    public abstract Tensor Evaluate(TensorArguments inputs);

    /// <summary>Nothing: setters have registered all there is. By their fields, parts would be registered a second time.</summary>
    protected override void RegisterComponents() { }
}

/// <summary>A loss of two lists of tensors, such as the features that a network finds in two images.</summary>
/// <param name="reduction">How single losses become one value.</param>
public abstract class LossModuleOfLists(Reduction reduction = Reduction.Mean)
    : Module<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>, Tensor>("Loss"),
        ILoss
{
    /// <summary>How single losses become one value.</summary>
    public Reduction reduction { get; } = reduction;

    /// <inheritdoc/>
    public abstract LossInfo Info { get; }

    /// <inheritdoc/>
    public abstract Tensor Evaluate(TensorArguments inputs);

    /// <summary>Nothing: setters have registered all there is. By their fields, parts would be registered a second time.</summary>
    protected override void RegisterComponents() { }
}

/// <summary>A loss of a list of tensors and one tensor, such as several outputs of a network and their target.</summary>
/// <param name="reduction">How single losses become one value.</param>
public abstract class LossModuleOfListAndTensor(Reduction reduction = Reduction.Mean)
    : Module<IReadOnlyList<Tensor>, Tensor, Tensor>("Loss"),
        ILoss
{
    /// <summary>How single losses become one value.</summary>
    public Reduction reduction { get; } = reduction;

    /// <inheritdoc/>
    public abstract LossInfo Info { get; }

    /// <inheritdoc/>
    public abstract Tensor Evaluate(TensorArguments inputs);

    /// <summary>Nothing: setters have registered all there is. By their fields, parts would be registered a second time.</summary>
    protected override void RegisterComponents() { }
}

/// <summary>A loss of five tensors.</summary>
/// <param name="reduction">How single losses become one value.</param>
public abstract class LossModule5(Reduction reduction = Reduction.Mean)
    : Module<Tensor, Tensor, Tensor, Tensor, Tensor, Tensor>("Loss"),
        ILoss
{
    /// <summary>How single losses become one value.</summary>
    public Reduction reduction { get; } = reduction;

    /// <inheritdoc/>
    public abstract LossInfo Info { get; }

    /// <inheritdoc/>
    public abstract Tensor Evaluate(TensorArguments inputs);
}

/// <summary>What generated constructors use to make the tensors of a loss.</summary>
static class OwnTensors
{
    /// <summary>A trained tensor.</summary>
    public static Parameter Learn(Initial initial, params long[] sizes) => new(Start(initial, sizes));

    /// <summary>A tensor kept from call to call.</summary>
    public static Tensor Keep(Initial initial, params long[] sizes) => Start(initial, sizes).DetachFromDisposeScope();

    static Tensor Start(Initial initial, long[] sizes)
    {
        foreach (var size in sizes)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size, nameof(sizes));
        }

        return initial switch
        {
            Initial.Zeros => zeros(sizes),
            Initial.Ones => ones(sizes),
            Initial.Normal => randn(sizes),
            _ => init.xavier_uniform_(empty(sizes)),
        };
    }

    /// <summary>A buffer that shares the caller's values but may be replaced by <c>.to()</c> without disposing the caller's tensor.</summary>
    public static Tensor? Share(Tensor? given) => given?.alias().DetachFromDisposeScope();
}
