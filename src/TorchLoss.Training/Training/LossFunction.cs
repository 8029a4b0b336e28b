using System.Runtime.InteropServices;

namespace TorchLoss.Training;

/// <summary>A loss to train with: a module or a function of outputs and targets whose result is one number.</summary>
/// <remarks>
/// A <see cref="CombinedLoss"/>, or what is an <see cref="ILossTerms"/>, shows its terms by name. Losses of the catalogue that take a sample_weight get the weights of a
/// <see cref="TensorSet"/>.
/// </remarks>
public sealed class LossFunction
{
    readonly Func<Tensor, Tensor, Tensor> _compute;
    readonly Func<Tensor, Tensor, Tensor, Tensor>? _weighted;
    readonly Func<Tensor, Tensor, Tensor?, IReadOnlyList<KeyValuePair<string, Tensor>>?>? _terms;

    /// <summary>Takes a function.</summary>
    /// <param name="name">What messages call it.</param>
    /// <param name="compute">The loss of outputs and targets.</param>
    /// <param name="weighted">The loss of outputs, targets and weights of the samples; null where it takes no weights.</param>
    public LossFunction(
        string name,
        Func<Tensor, Tensor, Tensor> compute,
        Func<Tensor, Tensor, Tensor, Tensor>? weighted = null
    )
    {
        Name = name;
        _compute = compute;
        _weighted = weighted;
    }

    /// <summary>Takes a module; what it learns is trained and saved along with the model.</summary>
    /// <param name="module">The module.</param>
    /// <param name="name">What messages call it; the name of its class where none is given.</param>
    /// <param name="weighted">
    /// The loss of outputs, targets and weights of the samples; null for losses of the catalogue, whose sample_weight is known.
    /// </param>
    public LossFunction(
        nn.Module<Tensor, Tensor, Tensor> module,
        string? name = null,
        Func<Tensor, Tensor, Tensor, Tensor>? weighted = null
    )
        : this(name ?? module.GetType().Name, module.call, weighted ?? SampleWeights.Of(module))
    {
        Module = module;
        if (module is CombinedLoss combined)
        {
            TermNames = [.. combined.losses.Select(term => term.Key)];
            _terms = (outputs, targets, weights) => weights is null ? combined.Terms(outputs, targets) : null;
        }
        else if (module is ILossTerms terms)
        {
            TermNames = terms.TermNames;
            _terms = terms.Terms;
        }
    }

    /// <summary>What messages call it.</summary>
    public string Name { get; }

    /// <summary>The module, where it is one.</summary>
    public nn.Module<Tensor, Tensor, Tensor>? Module { get; }

    /// <summary>The names of the terms it adds up, where it is such a sum.</summary>
    public IReadOnlyList<string> TermNames { get; } = [];

    /// <summary>Takes a module.</summary>
    public static implicit operator LossFunction(nn.Module<Tensor, Tensor, Tensor> module) => new(module);

    /// <summary>The loss as one number with its graph, and its terms.</summary>
    internal LossValue Compute(Tensor outputs, Tensor targets, Tensor? weights = null)
    {
        try
        {
            var terms = _terms?.Invoke(outputs, targets, weights)?.Select(term => term.Value).ToArray();
            var total = terms?.Aggregate((sum, term) => sum + term) ?? Total(outputs, targets, weights);
            return total.numel() == 1 ? new(total, terms ?? []) : throw new TrainingException(NotOne(total));
        }
        catch (Exception e) when (e is ExternalException or ArgumentException)
        {
            throw new TrainingException(
                $"the loss {Name} refused outputs {Describe(outputs)} and targets {Describe(targets)}: {FirstLine(e)}",
                e
            );
        }
    }

    /// <summary>A message where a number is not finite; null where all are.</summary>
    /// <param name="numbers">The loss and its terms.</param>
    /// <param name="place">Where it happened.</param>
    internal string? NotFinite(double[] numbers, string place)
    {
        if (double.IsFinite(numbers[0]))
            return null;
        var guilty = TermNames.Zip(numbers.Skip(1)).Where(term => !double.IsFinite(term.Second));
        var blame = string.Concat(guilty.Select(term => $"; its term {term.First} is {term.Second}"));
        return $"the loss {Name} is {numbers[0]} {place}{blame}";
    }

    internal static string Describe(Tensor values) => $"[{string.Join(", ", values.shape)}] of {values.dtype}";

    internal static string FirstLine(Exception e) => e.Message.Split('\n')[0];

    Tensor Total(Tensor outputs, Tensor targets, Tensor? weights)
    {
        if (weights is null)
            return _compute(outputs, targets);
        return _weighted is null
            ? throw new TrainingException($"the samples have weights, but the loss {Name} takes no sample_weight")
            : _weighted(outputs, targets, weights);
    }

    string NotOne(Tensor loss) =>
        $"the loss {Name} gave [{string.Join(", ", loss.shape)}] values; training needs one: use reduction mean or sum";
}
