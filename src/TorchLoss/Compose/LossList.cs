using System.Collections;

namespace TorchLoss;

/// <summary>Losses by name, as the terms of a <see cref="CombinedLoss"/>: a module, so that they move and are saved together.</summary>
/// <remarks>
/// A collection initializer fills it: <c>new LossList { { "dice", new DiceLoss(sigmoid: true) }, new FocalLoss() }</c>. A loss
/// without a name of its own goes by its type's.
/// </remarks>
public sealed class LossList()
    : nn.Module(nameof(LossList)),
        IReadOnlyList<KeyValuePair<string, nn.Module<Tensor, Tensor, Tensor>>>
{
    readonly List<KeyValuePair<string, nn.Module<Tensor, Tensor, Tensor>>> terms = [];

    /// <inheritdoc/>
    public int Count => terms.Count;

    /// <inheritdoc/>
    public KeyValuePair<string, nn.Module<Tensor, Tensor, Tensor>> this[int index] => terms[index];

    /// <summary>Adds a loss of its type's name.</summary>
    /// <exception cref="ArgumentException">There is one of that name.</exception>
    public void Add(nn.Module<Tensor, Tensor, Tensor> loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        Add(loss.GetType().Name, loss);
    }

    /// <summary>Adds a loss: any module of prediction and target, ours, TorchSharp's or your own.</summary>
    /// <param name="name">Its name, without dots, also in the state_dict.</param>
    /// <param name="loss">The loss.</param>
    /// <exception cref="ArgumentException">The name is empty, has a dot, or is taken.</exception>
    public void Add(string name, nn.Module<Tensor, Tensor, Tensor> loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        if (string.IsNullOrEmpty(name) || name.Contains('.') || terms.Exists(t => t.Key == name))
        {
            throw new ArgumentException(
                $"{nameof(LossList)}: each loss needs a name of its own, without dots, got '{name}'.",
                nameof(name)
            );
        }

        terms.Add(new(name, loss));
        register_module(name, loss);
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, nn.Module<Tensor, Tensor, Tensor>>> GetEnumerator() =>
        terms.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The names of the losses.</summary>
    public override string ToString() => $"[{string.Join(", ", terms.Select(t => t.Key))}]";
}
