using System.Runtime.InteropServices;

namespace TorchLoss.Training;

/// <summary>A loss to train with: a module or a function of outputs and targets whose result is one number.</summary>
public sealed class LossFunction
{
    readonly Func<Tensor, Tensor, Tensor> _compute;

    /// <summary>Takes a function.</summary>
    /// <param name="name">What messages call it.</param>
    /// <param name="compute">The loss of outputs and targets.</param>
    public LossFunction(string name, Func<Tensor, Tensor, Tensor> compute)
    {
        Name = name;
        _compute = compute;
    }

    /// <summary>Takes a module; what it learns is trained and saved along with the model.</summary>
    /// <param name="module">The module.</param>
    /// <param name="name">What messages call it; the name of its class where none is given.</param>
    public LossFunction(nn.Module<Tensor, Tensor, Tensor> module, string? name = null)
        : this(name ?? module.GetType().Name, module.call) => Module = module;

    /// <summary>What messages call it.</summary>
    public string Name { get; }

    /// <summary>The module, where it is one.</summary>
    public nn.Module<Tensor, Tensor, Tensor>? Module { get; }

    /// <summary>Takes a module.</summary>
    public static implicit operator LossFunction(nn.Module<Tensor, Tensor, Tensor> module) => new(module);

    /// <summary>The loss as one number with its graph.</summary>
    internal Tensor Compute(Tensor outputs, Tensor targets)
    {
        try
        {
            var loss = _compute(outputs, targets);
            return loss.numel() == 1 ? loss : throw new TrainingException(NotOne(loss));
        }
        catch (Exception e) when (e is ExternalException or ArgumentException)
        {
            throw new TrainingException(
                $"the loss {Name} refused outputs {Describe(outputs)} and targets {Describe(targets)}: {FirstLine(e)}",
                e
            );
        }
    }

    internal static string Describe(Tensor values) => $"[{string.Join(", ", values.shape)}] of {values.dtype}";

    internal static string FirstLine(Exception e) => e.Message.Split('\n')[0];

    string NotOne(Tensor loss) =>
        $"the loss {Name} gave [{string.Join(", ", loss.shape)}] values; training needs one: use reduction mean or sum";
}
